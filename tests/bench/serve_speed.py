#!/usr/bin/env python3
"""Is `millrace serve` as fast as real Kafka, as librdkafka's rdkafka_performance sees it?

Both clusters stand on this machine at the same time, and are measured in alternation: 100-byte records,
acks=all, replication factor 1 with one broker and 3 with three, produced and consumed again; then the round
trip of single records at 1000 a second. What counts is the ratio of a pair, so another load on the machine
troubles both sides; the median of the rounds is told, and every round above it.

Needs (and says so when it is missing, exit code 2):
  java             with --kafka-libs: a folder of the jars of org.apache.kafka:kafka_2.13:3.9.1,
                   org.apache.kafka:kafka-tools:3.9.1 and org.apache.zookeeper:zookeeper:3.8.4 with what they
                   depend on and slf4j-reload4j (`mvn dependency:copy-dependencies` fetches them)
  rdkafka_performance   --performance: librdkafka's examples/rdkafka_performance.c, compiled against librdkafka
  millrace              --millrace: the program, build/release/millrace

No part of CI: it takes minutes and wants a quiet machine. Exit code 1: a ratio below --least, or a round trip
above --most-p99-ms.
"""
import argparse
import contextlib
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

RECORD_BYTES = 100
LATENCY_RATE = 1000           # records a second
ZOOKEEPER_PORT = 21810
REAL_PORT = 19092
OUR_PORT = 29092
START_SECONDS = 60


# ---- clusters -----------------------------------------------------------------------------------

def wait_for_port(port, process, what):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"serve_speed: {what} ended with code {process.returncode} before it listened at {port}")
        with contextlib.closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"serve_speed: {what} does not listen at {port} after {START_SECONDS} s")


class Cluster:
    """Processes that are started and ended together."""

    def __init__(self, name, port, brokers, folder):
        self.name, self.port, self.brokers, self.folder = name, port, brokers, folder
        self.processes = []

    def bootstrap(self):
        return ",".join(f"127.0.0.1:{self.port + i}" for i in range(self.brokers))

    def start(self, command, port, what):
        with open(self.folder / f"{what}.out", "w", encoding="utf-8") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, cwd=self.folder)
        self.processes.append(process)
        wait_for_port(port, process, what)

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def java(options, main, *arguments, heap="256m"):
    logging = options.folder / "log4j.properties"
    return ["java", f"-Xmx{heap}", "-cp", f"{options.kafka_libs}/*", f"-Dlog4j.configuration=file:{logging}", main,
            *map(str, arguments)]


def start_real(options, brokers):
    """Kafka's own defaults, and the JVM options of kafka-server-start.sh."""
    folder = options.folder / f"real-{brokers}"
    folder.mkdir()
    cluster = Cluster("Kafka 3.9.1", REAL_PORT, brokers, folder)
    (folder / "zoo.cfg").write_text(f"dataDir={folder}/zookeeper\nclientPort={ZOOKEEPER_PORT}\nadmin.enableServer=false\n")
    cluster.start(java(options, "org.apache.zookeeper.server.quorum.QuorumPeerMain", "./zoo.cfg"), ZOOKEEPER_PORT, "zookeeper")
    for broker in range(1, brokers + 1):
        port = REAL_PORT + broker - 1
        (folder / f"{broker}.properties").write_text(
            f"broker.id={broker}\nlisteners=PLAINTEXT://127.0.0.1:{port}\nlog.dirs={folder}/logs-{broker}\n"
            f"zookeeper.connect=127.0.0.1:{ZOOKEEPER_PORT}\noffsets.topic.replication.factor={brokers}\n")
        command = java(options, "kafka.Kafka", f"{broker}.properties", heap="1g")
        command[1:1] = ["-Xms1g", "-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
                        "-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent"]
        cluster.start(command, port, f"kafka-{broker}")
    return cluster


def start_ours(options, brokers):
    folder = options.folder / f"ours-{brokers}"
    folder.mkdir()
    cluster = Cluster("millrace serve", OUR_PORT, brokers, folder)
    command = [options.millrace, "serve", "--headless", "--brokers", str(brokers), "--port", str(OUR_PORT)]
    if options.journal:
        command += ["--session", str(folder / "journal.millrace")]
    cluster.start(command, OUR_PORT, "serve")
    return cluster


def create_topic(options, cluster, topic):
    command = java(options, "org.apache.kafka.tools.TopicCommand", "--bootstrap-server", cluster.bootstrap(), "--create",
                   "--topic", topic, "--partitions", options.partitions, "--replication-factor", cluster.brokers)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"serve_speed: {cluster.name} did not create {topic}: {done.stdout}{done.stderr}")


# ---- measuring ----------------------------------------------------------------------------------

def perform(options, cluster, *arguments):
    command = [options.performance, "-b", cluster.bootstrap(), "-q", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        raise SystemExit(f"serve_speed: {cluster.name}: {' '.join(command)}: code {done.returncode}\n{done.stderr}")
    return done.stdout


def rate_in(text, pattern):
    found = re.search(pattern, text)
    if not found:
        raise SystemExit(f"serve_speed: rdkafka_performance said nothing of '{pattern}':\n{text}")
    return int(found.group(1))


def produce(options, cluster, topic):
    text = perform(options, cluster, "-P", "-t", topic, "-s", RECORD_BYTES, "-c", options.records, "-a", -1)
    if rate_in(text, r"(\d+) delivered") != options.records:
        raise SystemExit(f"serve_speed: {cluster.name}: not all records were delivered:\n{text}")
    return rate_in(text, r"(\d+) msgs/s")


def consume(options, cluster, topic):
    parts = [word for partition in range(options.partitions) for word in ("-p", partition)]
    return rate_in(perform(options, cluster, "-C", "-t", topic, *parts, "-o", "beginning", "-c", options.records),
                   r"(\d+) msgs/s")


def round_trip(options, cluster, topic):
    """Microseconds from handing a record over to its delivery report, 99 of 100 below."""
    file = options.folder / "latency.txt"
    perform(options, cluster, "-P", "-t", topic, "-s", RECORD_BYTES, "-c", LATENCY_RATE * options.latency_seconds, "-a", -1,
            "-r", LATENCY_RATE, "-l", "-A", file, "-X", "queue.buffering.max.ms=0")
    took = sorted(int(line) for line in file.read_text().split())
    took = took if len(took) > LATENCY_RATE else [0]
    return took[len(took) * 99 // 100], took[len(took) // 2]


def compare(options, brokers):
    """Both clusters of a size, round by round, now one first and now the other."""
    clusters = []
    rates = {}
    try:
        clusters.append(start_ours(options, brokers))
        clusters.append(start_real(options, brokers))
        time.sleep(3)
        for round_number in range(options.rounds + 1):      # the first warms up both, and does not count
            for cluster in clusters if round_number % 2 else reversed(clusters):
                topic = f"speed-{round_number}"
                create_topic(options, cluster, topic)
                found = {"produce": produce(options, cluster, topic), "consume": consume(options, cluster, topic)}
                found["p99 us"], found["p50 us"] = round_trip(options, cluster, topic)
                words = ", ".join(f"{what} {value}" for what, value in found.items())
                print(f"  {'warm-up' if round_number == 0 else f'round {round_number}'}: {cluster.name}: {words}", flush=True)
                if round_number > 0:
                    for what, value in found.items():
                        rates.setdefault(what, {}).setdefault(cluster.name, []).append(value)
    finally:
        for cluster in clusters:
            cluster.stop()
    return rates


# ---- telling ------------------------------------------------------------------------------------

def judge(options, brokers, rates):
    good = True
    for what in ("produce", "consume"):
        ours, real = rates[what]["millrace serve"], rates[what]["Kafka 3.9.1"]
        ratio = statistics.median(a / b for a, b in zip(ours, real))
        verdict = "good" if ratio >= options.least else "TOO SLOW"
        good = good and ratio >= options.least
        print(f"RF {brokers} {what}: {statistics.median(ours):,.0f}/s, Kafka {statistics.median(real):,.0f}/s, "
              f"ratio {ratio:.2f} ({verdict})")
    ours = statistics.median(rates["p99 us"]["millrace serve"]) / 1000
    real = statistics.median(rates["p99 us"]["Kafka 3.9.1"]) / 1000
    verdict = "good" if ours < options.most_p99_ms else "TOO SLOW"
    print(f"RF {brokers} round trip at {LATENCY_RATE}/s, p99: {ours:.2f} ms, Kafka {real:.2f} ms ({verdict})")
    return good and ours < options.most_p99_ms


def missing(options):
    """What is not there, and where it comes from."""
    if not shutil.which("java"):
        yield "java is not installed (openjdk-17-jre-headless)"
    libs = pathlib.Path(options.kafka_libs)
    for jar in ("kafka_2.13-3.9.1.jar", "kafka-tools-3.9.1.jar", "zookeeper-3.8.4.jar"):
        if not (libs / jar).is_file():
            yield f"{libs / jar} is missing: fetch org.apache.kafka:kafka_2.13:3.9.1 and its like from Maven Central"
    for program, where in ((options.performance, "compile librdkafka's examples/rdkafka_performance.c"),
                           (options.millrace, "./millrace builds it")):
        if not shutil.which(program):
            yield f"{program} is no program: {where}"


def arguments():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kafka-libs", default="kafka-libs", help="folder of Kafka's jars")
    parser.add_argument("--performance", default="rdkafka_performance")
    parser.add_argument("--millrace", default=str(root / "build/release/millrace"))
    parser.add_argument("--brokers", type=int, nargs="+", default=[1, 3], help="sizes of clusters")
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--partitions", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-seconds", type=int, default=5)
    parser.add_argument("--least", type=float, default=1.0, help="ratio")
    parser.add_argument("--most-p99-ms", type=float, default=2.0)
    parser.add_argument("--journal", action="store_true", help="serve with --session, too")
    return parser.parse_args()


def main():
    options = arguments()
    lacks = list(missing(options))
    for lack in lacks:
        print(f"serve_speed: NOT MEASURED: {lack}", file=sys.stderr)
    if lacks:
        return 2
    good = True
    with tempfile.TemporaryDirectory(prefix="serve-speed-") as folder:
        options.folder = pathlib.Path(folder)
        (options.folder / "log4j.properties").write_text(
            "log4j.rootLogger=ERROR, F\nlog4j.appender.F=org.apache.log4j.ConsoleAppender\n"
            "log4j.appender.F.layout=org.apache.log4j.SimpleLayout\n")
        for brokers in options.brokers:
            print(f"{brokers} broker(s), {options.records} records of {RECORD_BYTES} bytes, acks=all:", flush=True)
            good = judge(options, brokers, compare(options, brokers)) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
