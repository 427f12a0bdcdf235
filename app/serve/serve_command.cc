// Sections: what is served; doors; the command.
#include "app/serve/serve_command.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <csignal>

#include "app/lab/command/console.h"
#include "app/lab/command/run_command.h"
#include "app/lab/host/process.h"
#include "app/lab/run/session.h"
#include "app/serve/host.h"
#include "engine/verb.h"

namespace app::serve {
namespace {

constexpr int kMostBrokers = 9;
constexpr sim::i64 kThousand = 1000;
constexpr int kHighestPort = 65'000;

std::atomic<bool> stop_asked{false};
void on_signal(int) { stop_asked = true; }

std::expected<Pace, std::string> pace_of(const std::string& text) {
    constexpr double kMostSpeed = 1e6;
    if (text == "max") return Pace{0};
    double factor = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), factor);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || !(factor > 0 && factor <= kMostSpeed))
        return std::unexpected(fmt::format("--speed takes a factor such as 1, 0.1 or 20, or 'max', not '{}'", text));
    return Pace{std::max<sim::i64>(1, static_cast<sim::i64>(factor * kThousand))};
}

// ---- what is served -----------------------------------------------------------------------------

std::expected<std::unique_ptr<lab::Session>, std::string> open(const ServeOptions& options) {
    if (!options.lesson.empty()) return lab::open_lesson(options.lesson, options.seed);
    return lab::open_text("served-cluster.toml", plain_lesson(options.brokers, lab::wall_micros() / kThousand),
                          options.seed);
}

// ---- doors --------------------------------------------------------------------------------------

struct Doors {
    std::vector<Door> doors;
    std::vector<std::string> ways;    // by tag
    std::vector<std::string> names;
};

Doors doors_of(const engine::World& world, const ServeOptions& options) {
    Doors all;
    auto next = options.port;
    const auto add = [&](sim::u16 port, Protocol protocol, std::string way, std::string name) {
        all.doors.push_back({options.listen, port, protocol, static_cast<sim::u32>(all.ways.size())});
        all.ways.push_back(std::move(way));
        all.names.push_back(std::move(name));
    };
    for (const engine::NodeCard& card : world.frame->cards) {
        if (card.kind == engine::NodeKind::broker)
            add(next++, Protocol::kafka, fmt::to_string(card.broker.value), card.name);
        if (card.kind == engine::NodeKind::zookeeper && options.zookeeper_port != 0)
            add(options.zookeeper_port, Protocol::zookeeper, "zookeeper", card.name);
    }
    return all;
}

bool is_loopback(const std::string& address) { return address == "localhost" || address.starts_with("127."); }

/// What a server listens at to be reached by any of its addresses; no client can connect to it.
bool is_every_address(const std::string& address) { return address == "0.0.0.0" || address == "::" || address == "*"; }

void announce(const Doors& doors, const ServeOptions& options) {
    if (!is_loopback(options.listen))
        (void)lab::complain(
            fmt::format("listening at {}: there is no authentication and no encryption; whoever reaches this machine "
                        "may read, write and delete everything",
                        options.listen));
    std::string bootstrap;
    for (std::size_t i = 0; i < doors.doors.size(); ++i) {
        lab::print_line(fmt::format("{} at {}:{}", doors.names[i], doors.doors[i].host, doors.doors[i].port));
        if (doors.doors[i].protocol == Protocol::kafka)
            bootstrap +=
                fmt::format("{}{}:{}", bootstrap.empty() ? "" : ",", advertised_host(options), doors.doors[i].port);
    }
    lab::print_line("serving " + bootstrap);
    std::fflush(stdout);
}

/// Connections are files, too.
void allow_many_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

// ---- the command --------------------------------------------------------------------------------

std::string start_journal(Host& host, const lab::Session& session, const std::string& path) {
    auto file = lab::SessionFile::create(path, {lab::build_name(), session.path, session.text, session.seed});
    return file ? host.journal_to(std::move(*file)) : file.error();
}

/// The verbs of --do with their times. What is wrong with one, or "".
std::string plan_deeds(Host& host, const lab::Session& session, const ServeOptions& options) {
    std::vector<std::pair<sim::Nanos, std::string>> deeds;
    for (const std::string& deed : options.deeds) {
        const std::size_t blank = std::min(deed.find(' '), deed.size());
        const auto after = lab::parse_lesson_time(deed.substr(0, blank), session.lesson);
        const std::string line = deed.substr(std::min(blank + 1, deed.size()));
        const std::string verb = engine::parse_verb(line).name;
        if (!after || *after < sim::Nanos{} || std::ranges::find(engine::verb_table(), verb, &engine::VerbInfo::name) ==
                                                   engine::verb_table().end())
            return fmt::format("--do takes a time and a verb, such as '8s kill broker 1', not '{}'", deed);
        deeds.emplace_back(*after, line);
    }
    std::ranges::stable_sort(deeds, {}, [](const auto& deed) { return deed.first; });
    for (auto& [after, line] : deeds) host.plan(after, std::move(line));
    return "";
}

int finish(const Host& host, const ServeOptions& options) {
    if (!host.journal_error().empty())
        return lab::complain(fmt::format("{}: {}", options.session, host.journal_error()));
    if (options.hash) lab::print_line(lab::hash_line(host.world()));
    return lab::kGood;
}

}  // namespace

std::string usage_error(const ServeOptions& options) {
    if (options.brokers < 1 || options.brokers > kMostBrokers)
        return fmt::format("--brokers takes 1 to {}", kMostBrokers);
    if (options.port == 0 || options.port > kHighestPort) return fmt::format("--port takes 1 to {}", kHighestPort);
    if (options.advertise.empty() && is_every_address(options.listen))
        return fmt::format(
            "--listen {} is every address of this machine, none that a client could be told: add --advertise HOST",
            options.listen);
    if (options.seconds < 0) return "--seconds takes a number that is not negative";
    return "";
}

std::string advertised_host(const ServeOptions& options) {
    if (!options.advertise.empty()) return options.advertise;
    return is_loopback(options.listen) ? "localhost" : options.listen;
}

std::string plain_lesson(int brokers, sim::i64 start_ms) {
    std::string ids;
    for (int id = 1; id <= brokers; ++id) ids += fmt::format("{}{}", id == 1 ? "" : ", ", id);
    const std::string start =
        fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(start_ms / kThousand)));
    return fmt::format(
        "[lesson]\nid = \"served-cluster\"\ntitle = \"A cluster for stock clients\"\nlevel = 9\nminutes = "
        "10\nstart_time = \"{}\"\nseed = 1\n"
        "seeds = \"pinned\"\nseed_reason = \"Clients decide what happens.\"\n\n"
        "[cluster]\nmode = \"zookeeper\"\nbrokers = [{}]\ncontroller = \"race\"\nversion = \"3.9\"\n"
        "config = {{ \"offsets.topic.replication.factor\" = \"{}\", \"group.initial.rebalance.delay.ms\" = \"0\" }}\n\n"
        "[network]\nlatency = \"100us\"\nlinks = []\n\n"
        "[[step]]\nid = \"run\"\nview = \"Partitions\"\nsay = \"Clients come and go.\"\nuntil_after = \"1s\"\n",
        start, ids, std::min(brokers, 3));
}

int serve_command(const ServeOptions& options) {
    if (const std::string wrong = usage_error(options); !wrong.empty()) return lab::complain(wrong), lab::kUsage;
    const auto pace = pace_of(options.speed);
    if (!pace) return lab::complain(pace.error()), lab::kUsage;
    allow_many_files();
    auto session = open(options);
    if (!session) return lab::complain(session.error());
    const Doors doors = doors_of((*session)->run->world(), options);
    auto gate = Gate::open(doors.doors);
    if (!gate) return lab::complain(gate.error());
    Host host((*session)->run->world(), **gate, doors.ways, *pace);
    (*session)->run.reset();   // the served world is the only one
    if (const std::string wrong = plan_deeds(host, **session, options); !wrong.empty())
        return lab::complain(wrong), lab::kUsage;
    if (!options.session.empty())
        if (const std::string wrong = start_journal(host, **session, options.session); !wrong.empty())
            return lab::complain(wrong);
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    host.attach(options.port, advertised_host(options));
    announce(doors, options);
    host.run(stop_asked,
             options.seconds > 0 ? sim::nanos(static_cast<sim::i64>(options.seconds * 1e9)) : sim::kForever);
    return finish(host, options);
}

}  // namespace app::serve
