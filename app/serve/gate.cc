// Sections: sockets; the thread's own table of lines; reading; writing; the loop; the caller's side.
#include "app/serve/gate.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace app::serve {
namespace {

constexpr std::size_t kReadBytes = 256u << 10;
constexpr std::size_t kFairShare = 1u << 20;   // a line that holds less is never closed for the sake of memory
constexpr int kBacklog = 128;
constexpr int kMostEvents = 64;
constexpr std::size_t kMostPieces = 256;       // of memory that one call writes
constexpr sim::u64 kWakeKey = 0;               // keys of epoll: the wake-up, doors from 1 on, lines behind kLineKeys
constexpr sim::u64 kLineKeys = 1u << 20;

// ---- sockets ------------------------------------------------------------------------------------

class Descriptor {
public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

std::string complaint(const Door& door, const char* what) {
    return fmt::format("{}:{} {}: {}", door.host, door.port, what, std::strerror(errno));
}

std::expected<Descriptor, std::string> listen_at(const Door& door) {
    Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (fd.get() < 0) return std::unexpected(complaint(door, "has no socket"));
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(door.port);
    if (::inet_pton(AF_INET, door.host == "localhost" ? "127.0.0.1" : door.host.c_str(), &address.sin_addr) != 1)
        return std::unexpected(fmt::format("{} is no IPv4 address", door.host));
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return std::unexpected(complaint(door, "cannot be bound"));
    if (::listen(fd.get(), kBacklog) != 0) return std::unexpected(complaint(door, "cannot be listened at"));
    return fd;
}

sim::u16 port_of(const Descriptor& listener) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

void wake(const Descriptor& event) {
    const sim::u64 one = 1;
    (void)!::write(event.get(), &one, sizeof one);
}

void sleep_off(const Descriptor& event) {
    sim::u64 ignored = 0;
    (void)!::read(event.get(), &ignored, sizeof ignored);
}

/// What the world has for a line. Frames are counted by the world's thread alone: the I/O thread moves them, reads
/// their bytes and hands them back.
struct Going {
    sim::u32 line = 0;
    bool closes = false;
    std::size_t done = 0;
    sim::FrameRef frame;
};

struct Line {
    Line(Descriptor socket, Framing cutter) : fd(std::move(socket)), framing(std::move(cutter)) {}

    Descriptor fd;
    Framing framing;
    std::size_t waiting = 0;         // bytes of its messages that the world has not taken
    std::deque<sim::FrameRef> out;
    std::size_t out_bytes = 0;
    std::size_t out_at = 0;          // of the first of them, already written
    bool closing = false;            // when all is written
    bool deaf = false;               // its client will say no more and waits for an answer
    bool writes = false;             // waits for room in the socket
    sim::u32 interest = 0;           // as epoll knows it

    [[nodiscard]] std::size_t held() const { return waiting + framing.held(); }
};

/// Where the next bytes of a line stand, as they are to be written. A frame's slices are not copied together.
class Pieces {
public:
    explicit Pieces(const Line& line) : skip_(line.out_at) {
        for (const sim::FrameRef& frame : line.out) {
            if (count_ == kMostPieces) break;
            add(*frame);
        }
        MR_ASSERT(count_ > 0 && skip_ == 0);
    }
    [[nodiscard]] msghdr message() {
        msghdr all{};
        all.msg_iov = pieces_.data();
        all.msg_iovlen = count_;
        return all;
    }

private:
    void add(const sim::Frame& frame) {
        std::size_t done = 0;
        for (const sim::Splice& splice : frame.splices()) {
            add(frame.head().subspan(done, splice.at - done));
            add(splice.slice.bytes());
            done = splice.at;
        }
        add(frame.head().subspan(done));
    }
    void add(std::span<const sim::u8> bytes) {
        const std::size_t skipped = std::min(skip_, bytes.size());
        skip_ -= skipped;
        bytes = bytes.subspan(skipped);
        if (bytes.empty() || count_ == kMostPieces) return;
        pieces_[count_++] = {const_cast<sim::u8*>(bytes.data()), bytes.size()};   // sendmsg only reads
    }

    std::size_t skip_;
    std::size_t count_ = 0;
    std::array<iovec, kMostPieces> pieces_;
};

}  // namespace

// ---- the thread ---------------------------------------------------------------------------------

struct Gate::Thread {
    Thread(std::vector<Door> d, std::vector<Descriptor> l, GateLimits g)
        : doors(std::move(d)), listeners(std::move(l)), limits(g) {
        for (const Descriptor& listener : listeners) ports.push_back(port_of(listener));
    }

    void run();
    void stop() {
        stopping = true;
        wake(to_thread);
        if (thread.joinable()) thread.join();
    }

    // Both sides, under the lock.
    std::mutex mutex;
    std::vector<Coming> coming;
    std::vector<Going> going;
    std::vector<sim::FrameRef> spent;   // written, or nobody's any more

    std::atomic<bool> stopping{false};
    Descriptor to_thread{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    Descriptor to_world{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};

    // The caller's.
    std::vector<Going> gathered;
    std::vector<sim::u16> ports;
    std::thread thread;

private:
    using Lines = std::map<sim::u32, Line>;

    void watch(int fd, sim::u64 key, sim::u32 events, int how) const;
    [[nodiscard]] bool is_read(const Line& line) const;
    void set_interest(sim::u32 number, Line& line, int how = EPOLL_CTL_MOD);
    void accept_all(std::size_t door);
    void on_line(sim::u32 number, sim::u32 events);
    bool read(sim::u32 number, Line& line);
    bool write(Line& line);
    void note_written(Line& line, std::size_t bytes);
    void give_back();
    void drop(sim::u32 number);
    void bring(Coming one);
    void take_going();
    bool carry_out(Line& line, Going& one);
    void reread();

    std::vector<Door> doors;
    std::vector<Descriptor> listeners;
    GateLimits limits;
    Descriptor epoll{::epoll_create1(EPOLL_CLOEXEC)};
    Lines lines;
    sim::u32 next_line = 1;
    std::size_t all_held = 0;
    bool was_full = false;
    bool brought = false;            // since the world was last woken
    std::vector<sim::FrameRef> written;   // since frames were last given back
    std::vector<sim::u8> buffer;
};

void Gate::Thread::watch(int fd, sim::u64 key, sim::u32 events, int how) const {
    epoll_event event{};
    event.events = events;
    event.data.u64 = key;
    ::epoll_ctl(epoll.get(), how, fd, &event);
}

bool Gate::Thread::is_read(const Line& line) const {
    if (line.closing || line.deaf || line.waiting > limits.line_waiting || line.out_bytes > limits.line_waiting)
        return false;
    return all_held < limits.all_waiting || line.waiting == 0;
}

void Gate::Thread::set_interest(sim::u32 number, Line& line, int how) {
    const sim::u32 events = (is_read(line) ? sim::u32{EPOLLIN} : 0u) | (line.writes ? sim::u32{EPOLLOUT} : 0u);
    if (how == EPOLL_CTL_MOD && events == line.interest) return;
    line.interest = events;
    watch(line.fd.get(), kLineKeys + number, events, how);
}

void Gate::Thread::bring(Coming one) {
    const std::lock_guard lock(mutex);
    coming.push_back(std::move(one));
    brought = true;
}

void Gate::Thread::accept_all(std::size_t door) {
    for (int i = 0; i < kBacklog; ++i) {
        Descriptor fd(::accept4(listeners[door].get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (fd.get() < 0) return;
        if (lines.size() >= limits.connections) continue;   // closed at once, as max.connections does
        const int on = 1;
        ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const Protocol protocol = doors[door].protocol;
        const sim::u32 most = protocol == Protocol::kafka ? limits.kafka_message : limits.zookeeper_message;
        const sim::u32 number = next_line++;
        Line& line = lines.emplace(number, Line(std::move(fd), Framing(protocol, most))).first->second;
        set_interest(number, line, EPOLL_CTL_ADD);
        bring({ComingKind::opened, number, doors[door].tag, {}});
    }
}

void Gate::Thread::drop(sim::u32 number) {
    const auto at = lines.find(number);
    if (at == lines.end()) return;
    all_held -= at->second.held();
    std::ranges::move(at->second.out, std::back_inserter(written));
    lines.erase(at);
    give_back();
    bring({ComingKind::closed, number, 0, {}});
}

// ---- reading ------------------------------------------------------------------------------------

/// False: the connection is over.
bool Gate::Thread::read(sim::u32 number, Line& line) {
    const ssize_t got = ::recv(line.fd.get(), buffer.data(), buffer.size(), 0);
    if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    if (got == 0) return line.deaf = line.framing.asked_word();
    const std::size_t before = line.held();
    bool good = line.framing.take(buffer.data(), static_cast<std::size_t>(got));
    std::vector<sim::u8> message;
    while (good && line.framing.next(message)) {
        line.waiting += message.size();
        bring({ComingKind::message, number, 0, std::move(message)});
        message.clear();
    }
    good = good && line.framing.take(nullptr, 0);
    all_held += line.held() - before;
    return good && (all_held < limits.all_waiting || line.framing.held() < kFairShare);
}

void Gate::Thread::on_line(sim::u32 number, sim::u32 events) {
    const auto at = lines.find(number);
    if (at == lines.end()) return;
    Line& line = at->second;
    bool lives = (events & (EPOLLERR | EPOLLHUP)) == 0 || (events & EPOLLIN) != 0;
    if (lives && (events & EPOLLIN) != 0) lives = read(number, line);
    if (lives && (events & EPOLLOUT) != 0) lives = write(line);
    if (!lives) return drop(number);
    set_interest(number, line);
}

// ---- writing ------------------------------------------------------------------------------------

void Gate::Thread::note_written(Line& line, std::size_t bytes) {
    MR_ASSERT(bytes <= line.out_bytes);
    line.out_bytes -= bytes;
    line.out_at += bytes;
    while (!line.out.empty() && line.out_at >= line.out.front()->wire_size()) {
        line.out_at -= line.out.front()->wire_size();
        written.push_back(std::move(line.out.front()));
        line.out.pop_front();
    }
}

/// False: the connection is over.
bool Gate::Thread::write(Line& line) {
    while (!line.out.empty()) {
        Pieces pieces(line);
        const msghdr message = pieces.message();
        const ssize_t sent = ::sendmsg(line.fd.get(), &message, MSG_NOSIGNAL);
        if (sent < 0) {
            line.writes = errno == EAGAIN || errno == EWOULDBLOCK;
            return line.writes || errno == EINTR;
        }
        note_written(line, static_cast<std::size_t>(sent));
    }
    line.writes = false;
    return !line.closing;
}

void Gate::Thread::give_back() {
    if (written.empty()) return;
    const std::lock_guard lock(mutex);
    std::ranges::move(written, std::back_inserter(spent));
    written.clear();
}

bool Gate::Thread::carry_out(Line& line, Going& one) {
    line.closing = line.closing || one.closes;
    line.waiting -= std::min(one.done, line.waiting);
    all_held -= std::min(one.done, all_held);
    if (one.frame) {
        MR_ASSERT(one.frame->wire_size() > 0);
        line.out_bytes += one.frame->wire_size();
        line.out.push_back(std::move(one.frame));
    }
    return line.writes || write(line);
}

void Gate::Thread::take_going() {
    std::vector<Going> taken;
    {
        const std::lock_guard lock(mutex);
        taken.swap(going);
    }
    for (Going& one : taken) {
        const auto at = lines.find(one.line);
        if (at == lines.end()) {
            if (one.frame) written.push_back(std::move(one.frame));
            continue;
        }
        if (!carry_out(at->second, one) || at->second.out_bytes > limits.line_unread) drop(one.line);
        else set_interest(one.line, at->second);
    }
}

/// When there is room again, lines that were not read for lack of it are.
void Gate::Thread::reread() {
    const bool full = all_held >= limits.all_waiting;
    if (full == was_full) return;
    was_full = full;
    for (auto& [number, line] : lines) set_interest(number, line);
}

// ---- the loop -----------------------------------------------------------------------------------

void Gate::Thread::run() {
    buffer.resize(kReadBytes);
    watch(to_thread.get(), kWakeKey, EPOLLIN, EPOLL_CTL_ADD);
    for (std::size_t i = 0; i < listeners.size(); ++i) watch(listeners[i].get(), i + 1, EPOLLIN, EPOLL_CTL_ADD);
    std::vector<epoll_event> events(kMostEvents);
    while (!stopping) {
        const int count = ::epoll_wait(epoll.get(), events.data(), kMostEvents, -1);
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            if (event.data.u64 == kWakeKey) sleep_off(to_thread);
            else if (event.data.u64 >= kLineKeys)
                on_line(static_cast<sim::u32>(event.data.u64 - kLineKeys), event.events);
            else accept_all(event.data.u64 - 1);
        }
        take_going();
        give_back();
        reread();
        if (std::exchange(brought, false)) wake(to_world);
    }
}

// ---- the caller's side ----------------------------------------------------------------------------

Gate::Gate(std::unique_ptr<Thread> thread) : thread_(std::move(thread)) {
    thread_->thread = std::thread([own = thread_.get()] { own->run(); });
}

Gate::~Gate() { thread_->stop(); }

std::expected<std::unique_ptr<Gate>, std::string> Gate::open(const std::vector<Door>& doors, const GateLimits& limits) {
    std::vector<Descriptor> listeners;
    for (const Door& door : doors) {
        auto listener = listen_at(door);
        if (!listener) return std::unexpected(listener.error());
        listeners.push_back(std::move(*listener));
    }
    return std::unique_ptr<Gate>(new Gate(std::make_unique<Thread>(doors, std::move(listeners), limits)));
}

const std::vector<sim::u16>& Gate::ports() const { return thread_->ports; }

std::vector<Coming> Gate::take() {
    std::vector<Coming> taken;
    std::vector<sim::FrameRef> spent;   // let go of when the lock is open again
    const std::lock_guard lock(thread_->mutex);
    taken.swap(thread_->coming);
    spent.swap(thread_->spent);
    return taken;
}

void Gate::wait(sim::Nanos most) {
    constexpr sim::i64 kSecond = 1'000'000'000;
    pollfd waits{thread_->to_world.get(), POLLIN, 0};
    const sim::i64 nanos = std::max<sim::i64>(most.count, 0);
    const timespec span{nanos / kSecond, nanos % kSecond};
    if (::ppoll(&waits, 1, &span, nullptr) > 0) sleep_off(thread_->to_world);
}

void Gate::send(sim::u32 line, const sim::FrameRef& frame) {
    if (frame->wire_size() > 0) thread_->gathered.push_back({line, false, 0, frame});
}

void Gate::close(sim::u32 line) { thread_->gathered.push_back({line, true, 0, {}}); }

void Gate::done(sim::u32 line, std::size_t bytes) { thread_->gathered.push_back({line, false, bytes, {}}); }

void Gate::flush() {
    if (thread_->gathered.empty()) return;
    {
        const std::lock_guard lock(thread_->mutex);
        std::ranges::move(thread_->gathered, std::back_inserter(thread_->going));
    }
    thread_->gathered.clear();
    wake(thread_->to_thread);
}

}  // namespace app::serve
