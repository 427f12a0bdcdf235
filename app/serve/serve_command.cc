// Sections: the lesson; the door; the loop.
#include "app/serve/serve_command.h"

#include <fmt/format.h>

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <optional>

#include "app/lab/command/console.h"
#include "app/lab/command/run_command.h"
#include "app/lab/run/session.h"
#include "app/serve/sockets.h"

namespace app::serve {
namespace {

using sim::Nanos;
using sim::u16;
using sim::u32;
using sim::u64;

constexpr int kMostBrokers = 9;
constexpr int kLongestPollMs = 20;
constexpr auto kSaveEvery = std::chrono::milliseconds(500);
volatile std::sig_atomic_t interrupted = 0;
void on_interrupt(int) { interrupted = 1; }

// ---- the lesson ---------------------------------------------------------------------------------

/// A lesson of nothing but brokers.
std::string bare_lesson(int brokers) {
    std::string ids;
    for (int i = 1; i <= brokers; ++i) ids += fmt::format("{}{}", i == 1 ? "" : ", ", i);
    const int factor = std::min(brokers, 3);
    return fmt::format(
        "[lesson]\nid = \"served-cluster\"\ntitle = \"A cluster for stock clients\"\nlevel = 9\nminutes = 10\nseed = "
        "1\nseeds = \"pinned\"\n"
        "seed_reason = \"Clients decide what happens.\"\n\n"
        "[cluster]\nmode = \"zookeeper\"\nbrokers = [{}]\ncontroller = \"race\"\nversion = \"3.9\"\n"
        "config = {{ \"offsets.topic.replication.factor\" = \"{}\", \"group.initial.rebalance.delay.ms\" = \"0\" }}\n\n"
        "[network]\nlatency = \"100us\"\nlinks = []\n\n"
        "[[step]]\nid = \"run\"\nview = \"Partitions\"\nsay = \"Clients come and go.\"\nuntil_after = \"1s\"\n",
        ids, factor);
}

std::expected<std::unique_ptr<lab::Session>, std::string> open(const ServeOptions& options) {
    if (!options.lesson.empty()) return lab::open_lesson(options.lesson, {});
    if (options.brokers < 1 || options.brokers > kMostBrokers)
        return std::unexpected(fmt::format("serve takes 1 to {} brokers", kMostBrokers));
    return lab::open_text("served-cluster.toml", bare_lesson(options.brokers), {});
}

std::vector<int> broker_ids(const engine::World& world) {
    std::vector<int> ids;
    for (const engine::NodeCard& card : world.frame->cards)
        if (card.kind == engine::NodeKind::broker) ids.push_back(card.broker.value);
    return ids;
}

// ---- the door -----------------------------------------------------------------------------------

/// Real sockets on one side, inputs and told frames on the other.
class Door {
  public:
    explicit Door(lab::Run& run) : run_(run) {}
    ~Door() {
        for (const auto& [slot, peer] : peers_) close_socket(peer.fd);
        for (const int fd : listeners_) close_socket(fd);
    }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    /// What went wrong, or "".
    std::string open(u16 port) {
        brokers_ = broker_ids(run_.world());
        for (std::size_t i = 0; i < brokers_.size(); ++i) {
            const auto fd = listen_on(static_cast<u16>(port + i));
            if (!fd) return fd.error();
            listeners_.push_back(*fd);
        }
        act(fmt::format("outside attach {}", port));
        return "";
    }

    /// Waits for sockets, at most so long, and takes what came.
    void wait(int milliseconds) {
        std::vector<pollfd> fds;
        for (const int fd : listeners_) fds.push_back({fd, POLLIN, 0});
        std::vector<u32> slots;
        for (const auto& [slot, peer] : peers_) {
            const bool room = peer.output.size() < kMostOutputBytes;  // who does not read is not read from either
            fds.push_back({peer.fd, static_cast<short>((room ? POLLIN : 0) | (has_output(peer) ? POLLOUT : 0)), 0});
            slots.push_back(slot);
        }
        if (::poll(fds.data(), fds.size(), milliseconds) <= 0) return;
        for (std::size_t i = 0; i < listeners_.size(); ++i)
            if ((fds[i].revents & POLLIN) != 0) take_in(i);
        for (std::size_t i = 0; i < slots.size(); ++i)
            if (fds[listeners_.size() + i].revents != 0) serve(slots[i], fds[listeners_.size() + i].revents);
    }

    /// Hands out what the world has told since the last call.
    void hand_out() {
        const auto& rows = run_.history().outside;
        for (; told_ < rows.size(); ++told_) {
            const engine::OutsideRow& row = rows[told_];
            const auto peer = peers_.find(row.slot);
            if (peer == peers_.end()) continue;
            if (row.frame) enqueue(peer->second, row.frame->flatten());
            else peer->second.ending = true;
        }
        flush();
    }

    [[nodiscard]] std::size_t connections() const { return peers_.size(); }

  private:
    void act(std::string line) { run_.act(sim::InputAuthor::learner, std::move(line)); }

    void take_in(std::size_t listener) {
        for (int fd = accept_from(listeners_[listener]); fd >= 0; fd = accept_from(listeners_[listener])) {
            const u32 slot = next_slot_++;
            peers_[slot].fd = fd;
            peers_[slot].slot = slot;
            act(fmt::format("outside connect {} {}", slot, brokers_[listener]));
        }
    }

    void serve(u32 slot, short events) {
        Peer& peer = peers_.at(slot);
        std::vector<std::string> frames;
        const bool alive = (events & (POLLIN | POLLHUP | POLLERR)) == 0 || receive(peer, frames);
        for (const std::string& frame : frames) {
            std::string hex;
            hex.reserve(2 * frame.size());
            for (const char c : frame) fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(c));
            act(fmt::format("outside send {} {}", slot, hex));
        }
        if (!alive) end(slot, true);
    }

    void flush() {
        std::vector<u32> over;
        for (auto& [slot, peer] : peers_) {
            const bool alive = transmit(peer);
            if (!alive || (peer.ending && !has_output(peer))) over.push_back(slot);
        }
        for (const u32 slot : over) end(slot, !peers_.at(slot).ending);
    }

    void end(u32 slot, bool tell) {
        close_socket(peers_.at(slot).fd);
        const bool known = !peers_.at(slot).ending;
        peers_.erase(slot);
        if (tell && known) act(fmt::format("outside close {}", slot));
    }

    lab::Run& run_;
    std::vector<int> brokers_;
    std::vector<int> listeners_;
    std::map<u32, Peer> peers_;
    u32 next_slot_ = 1;
    u64 told_ = 0;
};

// ---- the loop -----------------------------------------------------------------------------------

using Clock = std::chrono::steady_clock;

/// Maps the wall clock to the world's.
struct Pacer {
    Clock::time_point began = Clock::now();
    Nanos from;
    double speed = 1.0;

    [[nodiscard]] Nanos now() const {
        const auto passed = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began).count();
        return from + sim::nanos(static_cast<sim::i64>(static_cast<double>(passed) * speed));
    }
    /// Milliseconds of the wall until a moment of the world.
    [[nodiscard]] int until(Nanos moment) const {
        const double left = static_cast<double>((moment - now()).count) / speed / 1e6;
        return static_cast<int>(std::clamp(left, 0.0, static_cast<double>(kLongestPollMs)));
    }
};

void run_loop(lab::Run& run, Door& door, const ServeOptions& options, const std::function<void()>& save) {
    const Pacer pacer{Clock::now(), run.clock(), options.speed};
    auto saved = Clock::now();
    while (interrupted == 0) {
        run.run_to(std::max(run.clock(), pacer.now()));
        door.hand_out();
        const Nanos next = run.world().machine.next_at();
        door.wait(next == sim::kForever ? kLongestPollMs : pacer.until(next));
        if (Clock::now() - saved > kSaveEvery) {
            save();
            saved = Clock::now();
        }
        if (options.seconds > 0 && std::chrono::duration<double>(Clock::now() - pacer.began).count() > options.seconds)
            return;
    }
}

}  // namespace

int serve_command(const ServeOptions& options) {
    auto session = open(options);
    if (!session) return lab::complain(session.error());
    lab::Run& run = *(*session)->run;
    std::optional<lab::SessionWriter> writer;
    if (!options.session.empty()) {
        auto begun = lab::SessionWriter::begin(options.session, **session);
        if (!begun) return lab::complain(begun.error());
        writer.emplace(std::move(*begun));
    }
    Door door(run);
    if (const std::string wrong = door.open(static_cast<u16>(options.port)); !wrong.empty())
        return lab::complain(wrong);
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
    std::string address;
    for (std::size_t i = 0; i < broker_ids(run.world()).size(); ++i)
        address += fmt::format("{}localhost:{}", i == 0 ? "" : ",", options.port + static_cast<int>(i));
    lab::print_line(fmt::format("serving {}", address));
    run_loop(run, door, options, [&] {
        if (writer) writer->sync(run);
    });
    if (writer)
        if (const std::string wrong = writer->sync(run); !wrong.empty()) return lab::complain(wrong);
    if (options.hash) lab::print_line(lab::hash_line(run.world()));
    return lab::kGood;
}

}  // namespace app::serve
