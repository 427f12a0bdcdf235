#include "app/proof/zk/raw_client.h"

namespace app::proof {

void RawClient::on_notice(sim::Env& env, sim::Notice& notice) {
    switch (notice.kind) {
        case sim::NoticeKind::boot: state.connection = env.connect(state.target, state.port); return;
        case sim::NoticeKind::connected: state.connected = true; return;
        case sim::NoticeKind::frame: state.received.push_back(notice.frame); return;
        case sim::NoticeKind::closed: state.closed = true; return;
        case sim::NoticeKind::none:
        case sim::NoticeKind::timer:
        case sim::NoticeKind::accepted:
        case sim::NoticeKind::disk: return;
    }
}

}  // namespace app::proof
