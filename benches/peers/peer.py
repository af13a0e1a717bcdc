"""DuckDB and Polars as peers: the same rows in memory, decided when the benchmark asks.

In: `peer.py ENGINE TERMS.json ROWS.csv` and, on standard input, a word a line. Out: a line a word.
`verdicts` answers with the verdicts of each row (0 undetermined, 1 qualifies, 2 does not), one row after another;
`pass` with three counts and the seconds of CPU time that deciding took. Nothing but that is inside the clock.

Both engines have three truths of their own, so the terms are written as they stand: a missing fact is null, and an
amount in another currency is null.
"""

import json
import os
import sys
import time

os.environ["POLARS_MAX_THREADS"] = "1"


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class DuckDb:
    """One table with native types (enums for words), one query for all programs."""

    def __init__(self, terms, rows):
        import duckdb

        self.database = duckdb.connect(":memory:")
        self.database.execute("SET threads = 1")
        self.database.execute("SET preserve_insertion_order = true")
        types = {"flag": "BOOLEAN", "count": "BIGINT", "amount": "BIGINT", "day": "INTEGER"}
        columns = []
        for at, column in enumerate(terms["columns"]):
            if column["kind"] == "word":
                words = ", ".join(f"'{word}'" for word in column["words"])
                self.database.execute(f"CREATE TYPE words{at} AS ENUM ({words})")
            kind = types.get(column["kind"], f"words{at}")
            cell = f'"{column["name"]}"'
            # A day is a date here, as a user of the engine would keep it.
            is_day = column["kind"] == "day"
            made = f"(DATE '1970-01-01' + (CAST({cell} AS INTEGER) - {terms['epoch']}))" if is_day else f"CAST({cell} AS {kind})"
            columns.append(f"{made} AS {cell}")
        read = f"read_csv('{rows}', header = true, all_varchar = true, nullstr = '')"
        self.database.execute(f"CREATE TABLE accounts AS SELECT {', '.join(columns)} FROM {read}")
        self.epoch = terms["epoch"]
        self.programs = [self.say({"all": program["requirements"]}) for program in terms["programs"]]

    def date(self, day):
        return f"(DATE '1970-01-01' + {day - self.epoch})"

    def say(self, when):
        if "all" in when:
            return "(" + " AND ".join(map(self.say, when["all"])) + ")"
        if "any" in when:
            return "(" + " OR ".join(map(self.say, when["any"])) + ")"
        if "not" in when:
            return f"(NOT {self.say(when['not'])})"
        field = f'"{when["field"]}"'
        sign = "=" if when.get("sign") == "==" else when.get("sign")
        if "flag" in when:
            return field if when["flag"] else f"(NOT {field})"
        if "words" in when:
            words = [f"'{word}'" for word in when["words"]]
            return f"({field} = {words[0]})" if len(words) == 1 else f"({field} IN ({', '.join(words)}))"
        if "other" in when:
            return f'({field} {sign} "{when["other"]}" + {when["moved"]})'
        if "currency" in when:
            same = f"\"{when['field']}_currency\" = '{when['currency']}'"
            return f"(CASE WHEN {same} THEN {field} {sign} {when['than']} END)"
        than = self.date(when["than"]) if when["day"] else when["than"]
        return f"({field} {sign} {than})"

    def verdicts(self):
        codes = ", ".join(f"CASE WHEN {one} THEN 1 WHEN NOT {one} THEN 2 ELSE 0 END" for one in self.programs)
        return self.database.execute(f"SELECT {codes} FROM accounts").fetchall()

    def prepare(self):
        held = ", ".join(f"{one} AS p{at}" for at, one in enumerate(self.programs))
        counts = ", ".join(
            f"count(p{at}), count(*) FILTER (WHERE p{at})" for at in range(len(self.programs))
        )
        self.query = f"SELECT count(*), {counts} FROM (SELECT {held} FROM accounts)"

    def count(self):
        rows, *counts = self.database.execute(self.query).fetchone()
        known, yes = sum(counts[::2]), sum(counts[1::2])
        return rows * len(self.programs) - known, yes, known - yes


class Polars:
    """One frame with native types (enums for words), one select for all programs."""

    def __init__(self, terms, rows):
        import polars

        self.polars = polars
        frame = polars.read_csv(rows, infer_schema=False, null_values=[""])
        columns = []
        for column in terms["columns"]:
            cell = polars.col(column["name"])
            if column["kind"] == "flag":
                columns.append(cell == "true")
            elif column["kind"] == "word":
                columns.append(cell.cast(polars.Enum(column["words"])))
            elif column["kind"] == "day":
                columns.append((cell.cast(polars.Int32) - terms["epoch"]).cast(polars.Date))
            else:
                columns.append(cell.cast(polars.Int64))
        self.epoch = terms["epoch"]
        self.frame = frame.select(columns).rechunk()
        programs = [self.say({"all": program["requirements"]}) for program in terms["programs"]]
        self.programs = [one.alias(f"p{at}") for at, one in enumerate(programs)]

    def say(self, when):
        polars = self.polars
        if "all" in when:
            return polars.all_horizontal([self.say(part) for part in when["all"]])
        if "any" in when:
            return polars.any_horizontal([self.say(part) for part in when["any"]])
        if "not" in when:
            return ~self.say(when["not"])
        field = polars.col(when["field"])
        if "flag" in when:
            return field if when["flag"] else ~field
        if "words" in when:
            words = when["words"]
            return field == words[0] if len(words) == 1 else field.is_in(words)
        if "other" in when:
            other = polars.col(when["other"])
            return self.compare(field, when["sign"], other + polars.duration(days=when["moved"]) if when["moved"] else other)
        if "currency" in when:
            same = polars.col(when["field"] + "_currency") == when["currency"]
            return polars.when(same).then(self.compare(field, when["sign"], when["than"]))
        if when["day"]:
            return self.compare(field, when["sign"], polars.lit(when["than"] - self.epoch, dtype=polars.Int32).cast(polars.Date))
        return self.compare(field, when["sign"], when["than"])

    @staticmethod
    def compare(left, sign, right):
        return {
            ">=": left.__ge__,
            "<=": left.__le__,
            ">": left.__gt__,
            "<": left.__lt__,
            "==": left.__eq__,
        }[sign](right)

    def verdicts(self):
        when = self.polars.when
        codes = [when(one).then(1).when(~one).then(2).otherwise(0).alias(f"p{at}") for at, one in enumerate(self.programs)]
        return self.frame.lazy().select(codes).collect().rows()

    def prepare(self):
        col = self.polars.col
        names = [f"p{at}" for at in range(len(self.programs))]
        counts = [col(name).count().alias(name + "_known") for name in names] + [col(name).sum().alias(name) for name in names]
        self.query = self.frame.lazy().select(self.programs).select(counts)

    def count(self):
        counts = self.query.collect().row(0)
        known, yes = sum(counts[: len(self.programs)]), sum(counts[len(self.programs) :])
        return self.frame.height * len(self.programs) - known, yes, known - yes


def main():
    engine, terms, rows = sys.argv[1:]
    engine = {"duckdb": DuckDb, "polars": Polars}[engine](load(terms), rows)
    engine.prepare()
    print("ready", flush=True)
    for word in sys.stdin:
        if word.strip() == "verdicts":
            print("".join(str(code) for row in engine.verdicts() for code in row), flush=True)
        else:
            begun = time.process_time()
            counts = engine.count()
            took = time.process_time() - begun
            print(*counts, took, flush=True)


if __name__ == "__main__":
    main()
