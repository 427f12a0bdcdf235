// The gate between sockets and a world: one I/O thread that listens, reads whole messages, and writes answers. Nothing
// here knows what the bytes mean.
//
// Bounds: connections; bytes of one message; bytes of a line that wait for the world (the line is not read further: TCP
// holds its client back, and no other one); bytes of all lines; bytes that wait for a client (a line is not read while
// its client does not take what it asked for, and closed when that is very much).
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "app/serve/framing.h"
#include "sim/base/frame.h"

namespace app::serve {

struct GateLimits {
    sim::u32 connections = 900;
    sim::u32 kafka_message = 104'857'600;      // socket.request.max.bytes
    sim::u32 zookeeper_message = 1'048'575;    // jute.maxbuffer
    std::size_t line_waiting = 4u << 20;       // of a line, for the world or for its client: then it is not read
    std::size_t all_waiting =
        256u << 20;  // of all lines, whole messages or not: then only those that hold nothing are read
    std::size_t line_unread = 256u << 20;      // for a client: then it is closed
};

/// An address that the gate listens at, and what it is to the caller.
struct Door {
    std::string host;
    sim::u16 port = 0;                  // 0: any that is free
    Protocol protocol = Protocol::kafka;
    sim::u32 tag = 0;
};

enum class ComingKind : sim::u8 { opened, message, closed };

/// Something that came in. Lines are numbered from 1 on, never used twice.
struct Coming {
    ComingKind kind = ComingKind::message;
    sim::u32 line = 0;
    sim::u32 door = 0;                  // tag, of `opened`
    std::vector<sim::u8> bytes;
};

class Gate {
public:
    /// Opens all doors, or says which could not be opened.
  static std::expected<std::unique_ptr<Gate>, std::string> open(const std::vector<Door>& doors,
                                                                const GateLimits& limits = {});
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// The ports of the doors, in their order.
  [[nodiscard]] const std::vector<sim::u16>& ports() const;
  /// What came in since the last call, in order.
  std::vector<Coming> take();
  /// Waits until something came in, at most so long.
  void wait(sim::Nanos most);
  void send(sim::u32 line, const sim::FrameRef& frame);
  /// Closes a line when all that was sent is out.
  void close(sim::u32 line);
  /// The world has taken a message of so many bytes: the line may bring as many again.
  void done(sim::u32 line, std::size_t bytes);
  /// Hands over what `send`, `close` and `done` have gathered.
  void flush();

private:
    struct Thread;
    explicit Gate(std::unique_ptr<Thread> thread);
    std::unique_ptr<Thread> thread_;
};

}  // namespace app::serve
