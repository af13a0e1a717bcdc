"""Runs SQL in DuckDB for the tests: reads the path of a job a line, answers `done` a line.

In: jobs as JSON: tables with columns and rows, statements, queries. Out: one file a query, tab-separated, nothing as \\N.
Loads every cell as text and casts it by the table's own types. Never decides what a result should be.
"""

import json
import sys

import duckdb


def name(text):
    return '"' + text.replace('"', '""') + '"'


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def cell(value):
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def run(job):
    database = duckdb.connect(":memory:")
    database.execute("SET threads = 1")
    for table in job["tables"]:
        columns = table["columns"]
        listed = ", ".join(f"{name(column)} {kind}" for column, kind in columns)
        database.execute(f"CREATE TABLE {name(table['name'])} ({listed})")
        with open(table["rows"], encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        path = table["rows"] + ".objects"
        with open(path, "w", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps({f"c{at}": value for at, value in enumerate(row)}) + "\n")
        raw = ", ".join(f"c{at}: {literal('VARCHAR[]' if kind.endswith('[]') else 'VARCHAR')}" for at, (_, kind) in enumerate(columns))
        cast = ", ".join(f"CAST(c{at} AS {kind})" for at, (_, kind) in enumerate(columns))
        if rows:
            source = f"read_json({literal(path)}, format = 'newline_delimited', columns = {{{raw}}})"
            database.execute(f"INSERT INTO {name(table['name'])} SELECT {cast} FROM {source}")
    for statement in job["statements"]:
        database.execute(statement)
    for query, output in zip(job["queries"], job["outputs"]):
        with open(output, "w", encoding="utf-8") as file:
            for row in database.execute(query).fetchall():
                file.write("\t".join(cell(value) for value in row) + "\n")
    database.close()


for line in sys.stdin:
    with open(line.strip(), encoding="utf-8") as file:
        run(json.load(file))
    print("done", flush=True)
