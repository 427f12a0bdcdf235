#include "engine/dfs/dfs_node.h"

#include "engine/model/node_of.h"
#include "engine/model/touch.h"
#include "sim/disk/disk_door.h"

namespace engine::dfs {
namespace {

void keep(DfsState& dfs, sim::Env& env, DfsRequest& request) {
    MR_ASSERT(!env.disk().whole().full);
    auto* content = new Content;
    content->bytes = std::move(request.bytes);
    content->modified_ms = env.wall_ms();
    dfs.files[request.path] = sim::Ref<Content>(content);
    env.touch(touch::kStreams);
}

DfsAnswer carry_out(DfsState& dfs, sim::Env& env, DfsRequest& request) {
    DfsAnswer answer;
    answer.op = request.op;
    answer.tag = request.tag;
    answer.path = request.path;
    const sim::Ref<Content>* file = dfs.files.find(request.path);
    switch (request.op) {
        case DfsOp::create:
        case DfsOp::write:
            if (env.disk().whole().full) answer.status = DfsStatus::full;
            else if (request.op == DfsOp::create && file != nullptr) answer.status = DfsStatus::exists;
            else keep(dfs, env, request);
            break;
        case DfsOp::read:
            if (file == nullptr) answer.status = DfsStatus::missing;
            else answer.bytes = (*file)->bytes;
            break;
        case DfsOp::list:
            for (const auto& [path, content] : dfs.files)
                if (path.starts_with(request.path)) answer.paths.push_back(path);
            break;
    }
    return answer;
}

}  // namespace

void DfsNode::on_notice(sim::Env& env, sim::Notice& notice) {
    if (notice.kind == sim::NoticeKind::boot) return env.listen(kDfsPort);
    if (notice.kind != sim::NoticeKind::frame) return;
    auto request = read_request(*notice.frame);
    MR_ASSERT(request.has_value());  // only our own clients connect
    env.charge(state.per_request * env.disk().whole().slow_factor);
    const DfsAnswer answer = carry_out(state, env, *request);
    env.send(notice.connection, to_frame(answer), answer_label(answer.op));
}

}  // namespace engine::dfs

template class engine::NodeOf<engine::dfs::DfsNode>;
