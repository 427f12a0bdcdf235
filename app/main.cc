// The command line of Millrace. Each command is one function elsewhere; this file names them and their options.
#include <CLI/CLI.hpp>

#include <functional>
#include <optional>

#include "app/lab/command/console.h"
#include "app/lab/command/crash.h"
#include "app/lab/command/disk_command.h"
#include "app/lab/command/run_command.h"
#include "app/lab/command/session_commands.h"
#include "app/lab/command/spark_command.h"
#include "app/lab/command/sql_command.h"
#include "app/lab/command/tool_command.h"
#include "app/proof/check/check_command.h"
#include "app/proof/oracle.h"
#include "app/proof/stream_sweep.h"
#include "app/proof/streams/crash_play.h"
#include "app/proof/sweep/shrink.h"
#include "app/proof/sweep/sweep.h"
#include "app/proof/vectors.h"
#include "app/proof/verify.h"
#include "app/serve/serve_command.h"
#ifdef MILLRACE_UI
#include "app/ui/program/shot_command.h"
#include "app/ui/program/window_command.h"
#endif

namespace {

constexpr const char* kFirstLesson = "204-leader-dies";

using Command = std::function<int()>;

/// A command: what it is called, what it does, and what runs when it was chosen.
CLI::App* add(CLI::App& app, const char* name, const char* text, Command& chosen, Command run) {
    CLI::App* command = app.add_subcommand(name, text);
    command->callback([&chosen, run] { chosen = run; });
    return command;
}

/// In a window if there is a display; otherwise the first lesson or the one that was named, line by line.
int run_lesson(app::lab::RunOptions options, bool headless) {
#ifdef MILLRACE_UI
    if (!headless) {
        const auto code = app::ui::run_window({options.lesson, options.seed});
        if (code) return *code;
        fmt::print(stderr, "millrace: {}\n", code.error());
    }
#else
    static_cast<void>(headless);
#endif
    if (options.lesson.empty()) options.lesson = kFirstLesson;
    return app::lab::run_headless(options);
}

void add_run(CLI::App& app, Command& chosen) {
    static app::lab::RunOptions options;
    static bool headless = false;
    static sim::u64 seed = 0;
    static CLI::App* command = nullptr;
    command = add(app, "run", "Opens the lab in a window, or plays a lesson line by line", chosen, [] {
        if (command->count("--seed") > 0) options.seed = seed;
        const bool told = options.hash || options.quiet || !options.until.empty() || !options.transcript.empty() ||
                          !options.session.empty();
        return run_lesson(options, headless || told);
    });
    command->add_option("LESSON", options.lesson, "A lesson's name, its number, or a file; none opens the course");
    command->add_flag("--headless", headless, "Without a window: tell the lesson line by line");
    command->add_option("--seed", seed, "Of everything that is left to chance")->check(CLI::NonNegativeNumber);
    command->add_option("--until", options.until, "Stop at a time (12.5s, 11m, 12:00:30) or when a query holds");
    command->add_flag("--hash", options.hash, "Print the hash of the run as the last line");
    command->add_flag("--quiet", options.quiet, "No transcript");
    command->add_option("--transcript", options.transcript, "Write the transcript to a file");
    command->add_option("--session", options.session, "Save the session to a file");
}

void add_sessions(CLI::App& app, Command& chosen) {
    static std::string file;
    static bool hash = false;
    CLI::App* replay = add(app, "replay", "Runs a saved session again and compares its traces", chosen,
                           [] { return app::lab::replay_command(file, hash); });
    replay->add_option("FILE", file, "A session file")->required();
    replay->add_flag("--hash", hash, "Print the hash of the run as the last line");

    static app::lab::QueryOptions options;
    static bool csv = false, json = false;
    CLI::App* query = add(app, "query", "Asks a saved session with SQL", chosen, [] {
        options.format = csv    ? app::lab::QueryFormat::csv
                         : json ? app::lab::QueryFormat::json
                                : app::lab::QueryFormat::table;
        return app::lab::query_command(options);
    });
    query->add_option("FILE", options.file, "A session file")->required();
    query->add_option("SQL", options.sql, "A query over the tables of the world")->required();
    query->add_option("--at", options.at, "A time of the lesson; otherwise where the session stands");
    auto* as_csv = query->add_flag("--csv", csv, "Comma-separated values");
    query->add_flag("--json", json, "A list of objects")->excludes(as_csv);
}

void add_tools(CLI::App& app, Command& chosen) {
    static app::lab::ToolOptions tool;
    CLI::App* tools = add(app, "tool", "Runs a script of Kafka's command-line tools against a fresh cluster", chosen,
                          [] { return app::lab::tool_command(tool); });
    tools->add_option("SCRIPT", tool.script, "A file of command lines, or - for standard input")->required();
    tools->add_option("--brokers", tool.brokers, "Brokers of the cluster, at localhost:9092 and the next ports");
    tools->add_option("--kafka", tool.version, "3.9 or 2.8: the tools' forms and texts");

    static app::lab::DiskOptions disk;
    CLI::App* disks = add(app, "disk", "Lists a broker's files in a saved session, or writes them out", chosen,
                          [] { return app::lab::disk_command(disk); });
    disks->add_option("SESSION", disk.session, "A session file")->required();
    disks->add_option("--node", disk.broker, "The broker's id");
    disks->add_option("--export", disk.folder, "Folder to write the files to");
    disks->add_option("--at", disk.at, "A time of the lesson; otherwise where the session stands");
}

void add_lesson_proofs(CLI::App& app, Command& chosen) {
    static app::proof::CheckOptions options;
    CLI::App* check = add(app, "check", "Checks lessons: every prompt, expectation, goal and rule", chosen,
                          [] { return app::proof::check_command(options); });
    check->add_option("LESSON", options.lessons, "Names or files");
    check->add_flag("--all", options.all, "Every lesson in scenarios/");
    check->add_flag("--course", options.course, "What holds over all lessons together");

    static std::string lesson;
    static sim::u64 seed = 0;
    static CLI::App* verify = nullptr;
    verify = add(app, "verify", "Proves that a lesson's run is deterministic", chosen, [] {
        return app::proof::verify_lesson(lesson, verify->count("--seed") > 0 ? std::optional(seed) : std::nullopt);
    });
    verify->add_option("LESSON", lesson, "A lesson's name or file")->required();
    verify->add_option("--seed", seed, "Instead of the lesson's own")->check(CLI::NonNegativeNumber);
}

void add_recordings(CLI::App& app, Command& chosen) {
    static std::vector<std::string> files;
    CLI::App* vectors = add(app, "vectors", "Runs recorded inputs and outputs of the real systems", chosen,
                            [] { return app::proof::run_vectors(files); });
    vectors->add_option("FILE", files, "Vector files (JSON)")->required();
    CLI::App* oracle = add(app, "oracle", "Replays recorded stories of the real systems", chosen,
                           [] { return app::proof::run_oracles(files); });
    oracle->add_option("PATH", files, "Files or folders")->required();
}

void add_spark(CLI::App& app, Command& chosen) {
    static app::lab::SqlCommand options;
    CLI::App* sql = add(app, "sql", "Runs Spark SQL: statements separated by semicolons", chosen,
                        [] { return app::lab::sql_command(options); });
    sql->add_option("TEXT", options.text, "The statements");
    sql->add_flag("--ansi", options.ansi, "With spark.sql.ansi.enabled");
    sql->add_flag("--schema", options.schema, "The schema before the rows");
    sql->add_flag("--plan", options.plan, "The analysed plan instead of rows");
    sql->add_flag("--functions", options.functions, "What functions there are");
    sql->add_option("--rows", options.rows, "Rows to show");
    sql->add_option("--truncate", options.truncate, "Characters a cell may have");
    sql->add_option("--data", options.data, "The folder whose files statements may read");
    static app::lab::SparkCommand program;
    CLI::App* spark = add(app, "spark", "Runs a Spark program in Python or Scala", chosen,
                          [] { return app::lab::spark_command(program); });
    spark->add_option("FILE", program.file, "The program")->required();
    spark->add_option("--data", program.data, "The folder that the program may read and write");
    spark->add_flag("--ansi", program.ansi, "With spark.sql.ansi.enabled");
}

void add_sweep(CLI::App& app, Command& chosen) {
    static app::proof::SweepOptions options;
    static std::string seeds, shard, streams;
    CLI::App* sweep = add(app, "sweep", "Searches for broken promises: random clusters, work and faults", chosen, [] {
        if (!app::proof::parse_seed_range(seeds, options))
            return app::lab::complain("--seeds takes a range, such as 1..200, not '" + seeds + "'");
        if (!shard.empty() && !app::proof::parse_shard(shard, options))
            return app::lab::complain("--shard takes I/N, such as 1/4, not '" + shard + "'");
        auto other = app::proof::stream_player(streams, options);
        if (!other) return app::lab::complain(other.error());
        options.other = std::move(*other);
        return app::proof::run_sweep(options);
    });
    sweep->add_option("--seeds", seeds, "A..B, both included")->required();
    sweep->add_option("--jobs", options.jobs, "Processes at once");
    sweep->add_option("--shard", shard, "I/N: every Nth seed, from the Ith on");
    sweep->add_option("--streams", streams,
                      "increments: whether generated streams give what a batch gives; crashes: whether a sink holds "
                      "what it promises");
    sweep->add_option("--bug", options.bug, "With a planted bug, to see that it is found");
    sweep->add_option("--save", options.folder, "Folder for the sessions of failing seeds");

    static app::proof::ShrinkOptions small;
    CLI::App* shrink = add(app, "shrink", "Makes a session that breaks a promise as small as it can be", chosen,
                           [] { return app::proof::run_shrink(small); });
    small.streams = app::proof::shrink_crash;
    shrink->add_option("SESSION", small.session, "A session file, such as a sweep saves with --save")->required();
    shrink->add_option("--bug", small.bug, "The planted bug that it was found with");
    shrink->add_option("-o,--output", small.output, "Where the small session goes; otherwise beside the session");
}

#ifdef MILLRACE_UI
void add_shot(CLI::App& app, Command& chosen) {
    static app::ui::ShotOptions options;
    static sim::u64 seed = 0;
    static CLI::App* command = nullptr;
    command = add(app, "shot", "Draws a moment of a lesson as a PNG file; needs no display", chosen, [] {
        if (command->count("--seed") > 0) options.request.seed = seed;
        return app::ui::shot_command(options);
    });
    command->add_option("LESSON", options.request.lesson,
                        "A lesson's name, its number, or a file; home and components need none");
    command->add_option("--at", options.request.at, "A time of the lesson (12.5s, 11m, 12:00:30)");
    command->add_option("--step", options.request.step, "A step's id: the moment at which its run has stopped");
    command->add_flag("--to-scale", options.request.to_scale, "Space-time: columns as far apart as their moments");
    command->add_flag("--asking", options.request.asking, "With --step: while its question is open");
    command->add_option("--answer", options.request.answer,
                        "With --step: the answer that was locked in; otherwise the right one");
    command->add_option(
        "--twin", options.request.twin,
        "A line that is carried out instead, on a branch from the step's beginning: what the twin view shows");
    command->add_option("--view", options.request.view, "stage, partitions, home, components ..");
    command->add_option("--select", options.request.select, "An object: broker 2, orders-0, orders-0/2 offset 9");
    command->add_option("--why", options.request.why, "A question and its object: 'not-in-isr orders-0/3'");
    command->add_option("--seed", seed, "Of everything that is left to chance")->check(CLI::NonNegativeNumber);
    command->add_option("--theme", options.theme, "dark, light or projector");
    command->add_option("--scale", options.scale, "0.75 to 2.5, or 75% to 250%");
    command->add_option("--size", options.size, "WxH in pixels; otherwise 1280x720");
    command->add_option("--vision", options.vision,
                        "protan, deutan or tritan: as the picture looks without one kind of cone");
    command
        ->add_option(
            "-o,--output", options.output,
            "The PNG file; one that ends in .gif gets the whole run of --step, one in .svg the space-time diagram")
        ->required();
}
#endif

void add_serve(CLI::App& app, Command& chosen) {
    static app::serve::ServeOptions options;
    static bool headless = false;
    static sim::u64 seed = 0;
    static CLI::App* serve = nullptr;
    serve = add(app, "serve", "Lets stock Kafka clients reach a cluster over the loopback", chosen, [] {
        if (serve->count("--seed") > 0) options.seed = seed;
        return app::serve::serve_command(options);
    });
    serve->add_option("LESSON", options.lesson, "A lesson's name or file; otherwise fresh brokers");
    serve->add_option("--brokers", options.brokers, "How many, without a lesson");
    serve->add_option("--port", options.port, "Of the first broker; the others follow");
    serve->add_option("--zookeeper-port", options.zookeeper_port, "Serves ZooKeeper, too");
    serve->add_flag("--headless", headless, "Without a window");
    serve->add_option("--speed", options.speed, "Simulated time per wall time: 1, 0.1, 20, or max");
    serve->add_option("--listen", options.listen, "Another address than the loopback; there is no authentication");
    serve->add_option("--advertise", options.advertise,
                      "The host that clients are told to connect to; otherwise the one that is listened at");
    serve->add_option("--seconds", options.seconds, "Stop after so long; otherwise when interrupted");
    serve->add_option("--do", options.deeds, "A time and a verb, as often as needed: --do '8s kill broker 1'");
    serve->add_option("--session", options.session, "Journals everything that comes in, so that it can be replayed");
    serve->add_option("--seed", seed, "Of everything that is left to chance");
    serve->add_flag("--hash", options.hash, "Print the hash of the world as the last line");
}

}  // namespace

int main(int argc, char** argv) {
    app::lab::install_crash_handler();
    CLI::App app{"Millrace: a visual lab for Kafka and Spark streaming"};
    app.name("millrace");
    Command chosen;
    add_run(app, chosen);
    add_lesson_proofs(app, chosen);
    add_sessions(app, chosen);
    add_recordings(app, chosen);
    add_serve(app, chosen);
    add_tools(app, chosen);
    add_sweep(app, chosen);
#ifdef MILLRACE_UI
    add_shot(app, chosen);
#endif
    add_spark(app, chosen);
    app.footer(
        "By the script alone: test [--sanitize] [--clang] [FILTER] proves it, bench [FILTER] measures it, setup "
        "installs what it needs.");
    app.require_subcommand(0, 1);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? app::lab::kGood : app::lab::kUsage;
    }
    const int code = chosen ? chosen() : run_lesson({}, false);
    if (app::lab::all_was_printed()) return code;
    return app::lab::complain("standard output could not be written whole: is its disk full?");
}
