// Cuts the bytes that a client sends into messages. Kafka: i32 length, then as many bytes. ZooKeeper: the same, but
// four small letters instead of the first length are a question of an administrator.
#pragma once

#include <vector>

#include "sim/base/types.h"

namespace app::serve {

enum class Protocol : sim::u8 { kafka, zookeeper };

class Framing {
public:
    /// `most`: bytes of a message without its length.
    Framing(Protocol protocol, sim::u32 most) : protocol_(protocol), most_(most) {}

    /// Takes bytes in. False: nonsense, and the connection is to be closed.
    bool take(const sim::u8* bytes, std::size_t size);
    /// The next whole message with its length in front; false if there is none yet.
    bool next(std::vector<sim::u8>& message);
    /// Bytes of a message that is not yet whole.
    [[nodiscard]] std::size_t held() const { return bytes_.size() - at_; }
    /// A question of four letters came: the answer is the end of the connection, whatever else the client says.
    [[nodiscard]] bool asked_word() const { return asked_word_; }

private:
    [[nodiscard]] bool is_word() const;

    Protocol protocol_;
    sim::u32 most_;
    bool first_ = true;          // no message has come yet
    bool asked_word_ = false;
    std::vector<sim::u8> bytes_;
    std::size_t at_ = 0;         // up to here they were handed out
};

}  // namespace app::serve
