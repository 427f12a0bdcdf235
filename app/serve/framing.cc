#include "app/serve/framing.h"

#include <algorithm>

#include "sim/base/big_endian.h"

namespace app::serve {
namespace {

constexpr std::ptrdiff_t kLengthBytes = 4;

}  // namespace

bool Framing::is_word() const {
    return protocol_ == Protocol::zookeeper && first_ && bytes_.size() >= kLengthBytes &&
           std::all_of(bytes_.begin(), bytes_.begin() + kLengthBytes, [](sim::u8 c) { return c >= 'a' && c <= 'z'; });
}

bool Framing::take(const sim::u8* bytes, std::size_t size) {
    if (asked_word_) return true;   // nothing after the word is read
    if (at_ > bytes_.size() / 2) {
        bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(at_));
        at_ = 0;
    }
    bytes_.insert(bytes_.end(), bytes, bytes + size);
    if (held() < kLengthBytes || is_word()) return true;
    const sim::i32 length = sim::load_big_endian<sim::i32>(bytes_.data() + at_);
    return length >= 0 && static_cast<sim::u32>(length) <= most_;
}

bool Framing::next(std::vector<sim::u8>& message) {
    if (asked_word_ || held() < kLengthBytes) return false;
    asked_word_ = is_word();
    const sim::i32 length = asked_word_ ? 0 : sim::load_big_endian<sim::i32>(bytes_.data() + at_);
    if (length < 0 || static_cast<sim::u32>(length) > most_) return false;
    const std::size_t whole = kLengthBytes + static_cast<std::size_t>(length);
    if (held() < whole) return false;
    const auto begin = bytes_.begin() + static_cast<std::ptrdiff_t>(at_);
    message.assign(begin, begin + static_cast<std::ptrdiff_t>(whole));
    at_ += whole;
    first_ = false;
    return true;
}

}  // namespace app::serve
