// Real sockets on the loopback: listening, and connections that carry frames with a length in front. Nothing here knows
// of worlds. Input is bounded by the largest frame; output is kept until the peer takes it.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <vector>

#include "sim/base/types.h"

namespace app::serve {

constexpr sim::u32 kMostFrameBytes = 104'857'600;  // socket.request.max.bytes
constexpr std::size_t kMostOutputBytes = 256u << 20;

/// A socket that listens on 127.0.0.1; what went wrong otherwise.
std::expected<int, std::string> listen_on(sim::u16 port);
/// A connection that waits to be taken; -1 if none does.
int accept_from(int listener);
void close_socket(int fd);

/// A connection of a client.
struct Peer {
    int fd = -1;
    sim::u32 slot = 0;
    std::string input;  // of a frame that is not yet whole
    std::string output;
    std::size_t sent = 0;  // of `output`
    bool ending = false;   // close once the output is gone
};

/// Reads what there is. Whole frames, length included, are appended; false if the connection is over or sends nonsense.
bool receive(Peer& peer, std::vector<std::string>& frames);
/// Writes what can be written. False if the connection is over.
bool transmit(Peer& peer);
void enqueue(Peer& peer, std::span<const sim::u8> bytes);
[[nodiscard]] inline bool has_output(const Peer& peer) { return peer.sent < peer.output.size(); }

}  // namespace app::serve
