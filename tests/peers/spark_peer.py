"""Runs SQL in a Spark standalone cluster for the tests: reads the path of a job a line, answers `done` a line.

In: jobs as JSON: tables with columns and rows, statements, queries. Out: one file a query, tab-separated, nothing as \\N.
Owns the cluster: a master and two workers as processes on this machine, ended with the script. Loads every cell as text and
casts it by the table's own types. Never decides what a result should be.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import pyspark
from pyspark.sql import SparkSession
from pyspark.sql.types import ArrayType, StringType, StructField, StructType

HOME = os.path.dirname(pyspark.__file__)


def free_port():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


def name(text):
    return "`" + text.replace("`", "``") + "`"


def cell(value):
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def rows_of(path, columns):
    with open(path, encoding="utf-8") as file:
        return [tuple(json.loads(line)) for line in file]


class Cluster:
    """A master and two workers as processes."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="accredit-spark")
        self.port = free_port()
        self.processes = []
        environment = dict(os.environ, SPARK_HOME=HOME, SPARK_LOCAL_IP="127.0.0.1", SPARK_NO_DAEMONIZE="1")
        environment["SPARK_WORKER_DIR"] = environment["SPARK_LOCAL_DIRS"] = self.folder

        def start(*arguments):
            log = open(os.path.join(self.folder, f"{len(self.processes)}.log"), "w", encoding="utf-8")
            command = [os.path.join(HOME, "bin", "spark-class"), *arguments]
            self.processes.append(subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log))

        package = "org.apache.spark.deploy"
        ports = ["--port", str(self.port), "--webui-port", str(free_port())]
        start(f"{package}.master.Master", "--host", "127.0.0.1", *ports)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.3)
        self.address = f"spark://127.0.0.1:{self.port}"
        for _ in range(2):
            worker = ["--host", "127.0.0.1", "-c", "1", "-m", "1536m", "--webui-port", str(free_port())]
            start(f"{package}.worker.Worker", *worker, self.address)

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def session(address):
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master(address).appName("accredit tests")
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1500m",
        "spark.executor.memory": "1200m",
        "spark.executor.cores": "1",
        "spark.cores.max": "2",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        # Days are counted in one calendar throughout, as the rules count them.
        "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
        "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
        "spark.driver.extraJavaOptions": "-XX:-DontCompileHugeMethods",
        "spark.executor.extraJavaOptions": "-XX:-DontCompileHugeMethods",
        "spark.sql.warehouse.dir": tempfile.mkdtemp(),
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made


def submitted(session, cluster, job):
    """Runs a script by spark-submit on the cluster, which is free for it only while no session holds its workers."""
    session.stop()
    accounts, *records = job["tables"]
    stored = lambda table: table["rows"] + ".parquet"
    arguments = ["--accounts", stored(accounts), *job["submit"]["arguments"]]
    for table in records:
        arguments += ["--records", f"{table['name']}={stored(table)}"]
    option = "-XX:-DontCompileHugeMethods"
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.executor.memory": "1200m",
        "spark.executor.cores": "1",
        "spark.ui.enabled": "false",
        "spark.driver.extraJavaOptions": option,
        "spark.executor.extraJavaOptions": option,
    }
    command = [os.path.join(HOME, "bin", "spark-submit"), "--master", cluster.address]
    for key, value in settings.items():
        command += ["--conf", f"{key}={value}"]
    environment = dict(os.environ, SPARK_HOME=HOME, SPARK_LOCAL_IP="127.0.0.1", PYSPARK_PYTHON=sys.executable)
    with open(os.path.join(cluster.folder, "submit.log"), "w", encoding="utf-8") as log:
        done = subprocess.run([*command, job["submit"]["script"], *arguments], env=environment, stdout=log, stderr=log, check=False)
    if done.returncode != 0:
        with open(log.name, encoding="utf-8") as file:
            sys.exit(file.read()[-5000:])


def run(spark, cluster, job):
    for table in job["tables"]:
        columns = table["columns"]
        kinds = [ArrayType(StringType()) if kind.startswith("ARRAY") else StringType() for _, kind in columns]
        schema = StructType([StructField(column, kind) for (column, _), kind in zip(columns, kinds)])
        path = table["rows"] + ".objects"
        with open(path, "w", encoding="utf-8") as file:
            for row in rows_of(table["rows"], columns):
                file.write(json.dumps({column: value for (column, _), value in zip(columns, row)}) + "\n")
        raw = spark.read.schema(schema).json(path)
        cast = [f"CAST({name(column)} AS {kind}) AS {name(column)}" for column, kind in columns]
        stored = table["rows"] + ".parquet"
        raw.selectExpr(*cast).write.parquet(stored)
        spark.read.parquet(stored).createOrReplaceTempView(name(table["name"]))
    if "submit" in job:
        submitted(spark, cluster, job)
        spark = session(cluster.address)
    for statement in job["statements"]:
        spark.sql(statement)
    for query, output in zip(job["queries"], job["outputs"]):
        with open(output, "w", encoding="utf-8") as file:
            for row in spark.sql(query).collect():
                file.write("\t".join(cell(value) for value in row) + "\n")
    for table in job["tables"]:
        shutil.rmtree(table["rows"] + ".parquet", ignore_errors=True)
    return spark


cluster = Cluster()
try:
    spark = session(cluster.address)
    for line in sys.stdin:
        with open(line.strip(), encoding="utf-8") as file:
            spark = run(spark, cluster, json.load(file))
        print("done", flush=True)
    spark.stop()
finally:
    cluster.stop()
