// How clients talk to the file system's node: one request, one answer, matched by a tag. Writes replace a file at once;
// a create fails if the file is there. Big-endian, lengths before texts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/frame.h"

namespace engine::dfs {

constexpr sim::u16 kDfsPort = 9820;
/// Names of frames in lists of messages: requests are even, answers odd.
constexpr sim::u16 kDfsLabelBase = 2000;

enum class DfsOp : sim::u8 { write, create, read, list };
enum class DfsStatus : sim::u8 { ok, exists, missing, full };
std::string_view name_of(DfsOp op);

struct DfsRequest {
    DfsOp op = DfsOp::read;
    sim::u64 tag = 0;
    std::string path;
    std::string bytes;
    bool sent = false, resent = false;  ///< the client's own
};

struct DfsAnswer {
    DfsOp op = DfsOp::read;
    sim::u64 tag = 0;
    DfsStatus status = DfsStatus::ok;
    std::string path;
    std::string bytes;
    std::vector<std::string> paths;
};

sim::FrameRef to_frame(const DfsRequest& request);
sim::FrameRef to_frame(const DfsAnswer& answer);
std::optional<DfsRequest> read_request(const sim::Frame& frame);
std::optional<DfsAnswer> read_answer(const sim::Frame& frame);
constexpr sim::u16 request_label(DfsOp op) {
    return static_cast<sim::u16>(kDfsLabelBase + 2 * static_cast<sim::u16>(op));
}
constexpr sim::u16 answer_label(DfsOp op) { return static_cast<sim::u16>(request_label(op) + 1); }

}  // namespace engine::dfs
