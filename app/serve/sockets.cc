#include "app/serve/sockets.h"

#include <fmt/format.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace app::serve {
namespace {

constexpr int kBacklog = 64;
constexpr std::size_t kLengthBytes = 4;

sim::u32 length_at(const std::string& bytes, std::size_t at) {
    sim::u32 length = 0;
    for (std::size_t i = 0; i < kLengthBytes; ++i) length = length << 8 | static_cast<sim::u8>(bytes[at + i]);
    return length;
}

std::string why(const char* what, sim::u16 port) {
    return fmt::format("{} port {} of the loopback: {}", what, port, std::strerror(errno));
}

/// Takes whole frames off the front. False if a length is impossible.
bool cut_frames(std::string& input, std::vector<std::string>& frames) {
    std::size_t at = 0;
    while (input.size() - at >= kLengthBytes) {
        const sim::u32 length = length_at(input, at);
        if (length > kMostFrameBytes) return false;
        if (input.size() - at < kLengthBytes + length) break;
        frames.push_back(input.substr(at, kLengthBytes + length));
        at += kLengthBytes + length;
    }
    input.erase(0, at);
    return true;
}

}  // namespace

std::expected<int, std::string> listen_on(sim::u16 port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return std::unexpected(why("cannot make a socket for", port));
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool bound =
        ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(fd, kBacklog) == 0;
    if (bound) return fd;
    std::string text = why("cannot listen on", port);
    ::close(fd);
    return std::unexpected(std::move(text));
}

int accept_from(int listener) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    const int on = 1;
    if (fd >= 0) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

void close_socket(int fd) {
    if (fd >= 0) ::close(fd);
}

bool receive(Peer& peer, std::vector<std::string>& frames) {
    std::array<char, 1 << 16> buffer;
    for (;;) {
        const ssize_t got = ::recv(peer.fd, buffer.data(), buffer.size(), 0);
        if (got == 0) return false;
        if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        peer.input.append(buffer.data(), static_cast<std::size_t>(got));
        if (!cut_frames(peer.input, frames)) return false;
        if (static_cast<std::size_t>(got) < buffer.size()) return true;
    }
}

bool transmit(Peer& peer) {
    while (has_output(peer)) {
        const ssize_t done =
            ::send(peer.fd, peer.output.data() + peer.sent, peer.output.size() - peer.sent, MSG_NOSIGNAL);
        if (done < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        peer.sent += static_cast<std::size_t>(done);
    }
    peer.output.clear();
    peer.sent = 0;
    return true;
}

void enqueue(Peer& peer, std::span<const sim::u8> bytes) {
    peer.output.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace app::serve
