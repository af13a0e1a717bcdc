"""Decides accounts in Parquet with the queries of this folder: see README.md.

In: a table of accounts, tables of records, the day. Out: one folder a decision, and the reasons behind the bits.
Owns nothing but the reading and writing: what the queries mean was fixed when they were made.
"""

import argparse
import json
import os
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions

HERE = os.path.dirname(os.path.abspath(__file__))
QUERY = "-- accredit query "


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


def arguments():
    parser = argparse.ArgumentParser(description="Decide accounts in Parquet.")
    parser.add_argument("--accounts", required=True, help="Parquet with one row an account")
    parser.add_argument("--records", action="append", default=[], metavar="NAME=PATH", help="Parquet with the records of a list")
    parser.add_argument("--as-of", required=True, metavar="DATE", help="the day for which the check holds, as 2026-03-01")
    parser.add_argument("--out", required=True, help="a folder that does not exist yet")
    parser.add_argument("--decision", action="append", default=[], metavar="ID", help="only this one; may be given several times")
    return parser.parse_args()


def queries():
    """The text of each query by its decision."""
    found, decision = {}, None
    with open(os.path.join(HERE, "queries.sql"), encoding="utf-8") as file:
        for line in file:
            if line.startswith(QUERY):
                decision = line[len(QUERY):].strip()
                found[decision] = ""
            elif decision is not None:
                found[decision] += line
    return found


def table(spark, path, columns, name):
    """A table as a view that has every column of the job; a column that is not there is unknown."""
    read = spark.read.parquet(path)
    there = set(read.columns)
    if "account.id" not in there:
        sys.exit(f"{path} has no column `account.id`")
    absent = [column for column, _ in columns if column not in there]
    if absent:
        print(f"{name}: {len(absent)} of {len(columns)} columns are not in {path} and unknown: {', '.join(absent)}", file=sys.stderr)
    listed = [
        functions.col(quoted(column)) if column in there else functions.lit(None).cast(kind).alias(column) for column, kind in columns
    ]
    read.select(*listed).createOrReplaceTempView(quoted(name))


def main():
    asked = arguments()
    with open(os.path.join(HERE, "job.json"), encoding="utf-8") as file:
        job = json.load(file)
    records = dict(pair.split("=", 1) for pair in asked.records)
    unknown = sorted(set(records) - set(job["records"]))
    if unknown:
        sys.exit(f"no decision reads records called {', '.join(unknown)}; there are: {', '.join(job['records']) or 'none'}")
    known = [query["decision"] for query in job["queries"]]
    wrong = sorted(set(asked.decision) - set(known))
    if wrong:
        sys.exit(f"this job does not decide {', '.join(wrong)}")
    spark = SparkSession.builder.appName("accredit").getOrCreate()
    # Rules count days in one calendar throughout, also before 1582.
    spark.conf.set("spark.sql.parquet.datetimeRebaseModeInRead", "CORRECTED")
    table(spark, asked.accounts, job["accounts"], "accounts")
    for name, path in records.items():
        table(spark, path, job["records"][name], name)
    texts = queries()
    for query in job["queries"]:
        decision, needs = query["decision"], query["records"]
        if asked.decision and decision not in asked.decision:
            continue
        if needs is not None and needs not in records:
            print(f"{decision}: left out, it needs --records {needs}=PATH", file=sys.stderr)
            continue
        made = spark.sql(texts[decision], args={"as_of": asked.as_of}).drop("decision")
        made.write.parquet(f"{asked.out}/decision={decision}")
    with open(os.path.join(HERE, "reasons.sql"), encoding="utf-8") as file:
        spark.sql(file.read())
    spark.table("accredit_reasons").coalesce(1).write.parquet(f"{asked.out.rstrip('/')}-reasons")
    spark.stop()


if __name__ == "__main__":
    main()
