// The logs of replicas as their disks hold them: also of brokers that are down, and whatever a broker believes.
#pragma once

#include "engine/broker/broker_node.h"
#include "engine/wire/record_batch.h"
#include "engine/world.h"

namespace engine::check {

/// The broker of an id. Requires that there is one.
const broker::Broker& broker_of(const World& world, BrokerId broker);
/// The same if its process runs now, else nullptr: what a dead one remembers means nothing.
const broker::Broker* running_broker(const World& world, BrokerId broker);
/// A broker's replica as the broker sees it, or nullptr if it does not run or has none.
const broker::Partition* running_replica(const World& world, BrokerId broker, TopicPartition id);
/// A log that nobody uses: the topic was deleted while its broker could not be told, and made anew with another id.
bool is_of_earlier_life(const broker::Partition& replica, const wire::Uuid& topic_id);
/// `orders-0`
std::string text_of(const World& world, TopicPartition id);

/// The log files of one replica, by base offset. Empty if the broker has none.
struct ReplicaLog {
    struct File {
        Offset base;
        sim::FileId id;
    };
    const sim::Disk* disk = nullptr;
    std::vector<File> files;

    [[nodiscard]] bool exists() const { return !files.empty(); }
};
ReplicaLog replica_log(const World& world, BrokerId broker, TopicPartition id);

/// Offset behind the last record; kNoOffset if there is no log.
Offset log_end(const ReplicaLog& log);
/// Offset of the first record that the files may hold.
Offset log_start(const ReplicaLog& log);
/// Whether a data record has this offset: compaction takes single records out of batches.
bool holds_record(const ReplicaLog& log, Offset offset);
/// The batch that holds an offset; of length 0 if there is none.
sim::Slice batch_at(const ReplicaLog& log, Offset offset);
/// Which send the record at an offset came from; none if there is no record or no application sent it.
MessageId message_at(const ReplicaLog& log, Offset offset);
/// Which send a record of a batch came from, by its place in the batch.
MessageId message_in(const sim::Slice& batch, u32 place);

/// Calls visit(slice, header) for every batch, first to last; stops when it returns false.
template <class Visit>
void for_each_batch(const ReplicaLog& log, Visit&& visit) {
    for (const ReplicaLog::File& file : log.files) {
        const sim::Rope& content = log.disk->file(file.id).cached;
        for (const sim::Slice& slice : content.slices(0, content.size())) {
            const auto header = wire::read_header(slice.bytes());
            if (!header || !visit(slice, *header)) return;
        }
    }
}

}  // namespace engine::check
