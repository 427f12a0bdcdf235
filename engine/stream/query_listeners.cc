#include "engine/stream/query_listeners.h"

#include "sim/base/assert.h"

namespace engine::spark {

namespace {

using py::Kind;
using py::PyValue;

PyValue object_with(const char* type, std::initializer_list<std::pair<const char*, PyValue>> fields) {
    PyValue out = py::new_object(type);
    for (const auto& [name, value] : fields) out.object->fields[name] = value;
    return out;
}

/// A dict's entries as attributes.
PyValue as_attributes(const char* type, const PyValue& dict) {
    MR_ASSERT(dict.kind == Kind::dict);
    PyValue out = py::new_object(type);
    const auto& items = dict.object->items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) out.object->fields[items[i].s] = items[i + 1];
    return out;
}

/// Offsets are JSON here, and dicts in what lastProgress gives.
PyValue as_source(const PyValue& dict) {
    PyValue out = as_attributes("SourceProgress", dict);
    for (const char* offset : {"startOffset", "endOffset", "latestOffset"}) {
        PyValue& v = out.object->fields[offset];
        if (v.kind != Kind::none) v = py::of_text(json_of(v));
    }
    return out;
}

template <class Each>
PyValue each_of(const PyValue& list, Each each) {
    std::vector<PyValue> out;
    for (const PyValue& v : list.object->items) out.push_back(each(v));
    return py::of_items(Kind::list, std::move(out));
}

/// A StreamingQueryProgress, whose parts are attributes.
PyValue progress_object(const QueryIdentity& who, const BatchRecord& record) {
    const PyValue dict = progress_of(who, record);
    PyValue out = as_attributes("StreamingQueryProgress", dict);
    auto& fields = out.object->fields;
    MR_ASSERT(fields.contains("sources") && fields.contains("sink"));
    fields["stateOperators"] =
        each_of(fields["stateOperators"], [](const PyValue& v) { return as_attributes("StateOperatorProgress", v); });
    fields["sources"] = each_of(fields["sources"], as_source);
    fields["sink"] = as_attributes("SinkProgress", fields["sink"]);
    fields["batchDuration"] = py::of_int(record.took.trigger);
    fields["json"] = py::of_text(json_of(dict));
    for (const char* optional : {"eventTime", "observedMetrics"})
        if (!fields.contains(optional)) fields[optional] = py::of_items(Kind::dict, {});
    return out;
}

/// Calls a method of each that has it.
void call_each(py::Interpreter& in, const QueryListeners& to, const char* method, const PyValue& event) {
    for (const PyValue& listener : to) {
        const auto& type = listener.object->outer;
        if (in.ok() && type != nullptr && type->fields.contains(method))
            in.call(in.attribute(listener, method), {{event}, {}});
    }
}

PyValue name_of(const QueryIdentity& who) { return who.name.empty() ? py::none() : py::of_text(who.name); }

}  // namespace

void tell_started(py::Interpreter& in, const QueryListeners& to, const QueryIdentity& who, i64 now_ms) {
    MR_ASSERT(!who.id.empty());
    call_each(in, to, "onQueryStarted",
              object_with("QueryStartedEvent", {{"id", py::of_text(who.id)},
                                                {"runId", py::of_text(who.run_id)},
                                                {"name", name_of(who)},
                                                {"timestamp", py::of_text(instant_text(now_ms))}}));
}

void tell_progress(py::Interpreter& in, const QueryListeners& to, const QueryIdentity& who, const BatchRecord& record) {
    MR_ASSERT(record.batch >= 0);
    if (to.empty()) return;
    if (record.executed)
        return call_each(in, to, "onQueryProgress",
                         object_with("QueryProgressEvent", {{"progress", progress_object(who, record)}}));
    call_each(in, to, "onQueryIdle",
              object_with("QueryIdleEvent", {{"id", py::of_text(who.id)},
                                             {"runId", py::of_text(who.run_id)},
                                             {"timestamp", py::of_text(instant_text(record.timestamp_ms))}}));
}

void tell_terminated(py::Interpreter& in, const QueryListeners& to, const QueryIdentity& who,
                     const std::string& failure) {
    MR_ASSERT(!who.run_id.empty());
    call_each(in, to, "onQueryTerminated",
              object_with("QueryTerminatedEvent",
                          {{"id", py::of_text(who.id)},
                           {"runId", py::of_text(who.run_id)},
                           {"exception", failure.empty() ? py::none() : py::of_text(failure)},
                           {"errorClassOnException", failure.empty() ? py::none() : py::of_text("STREAM_FAILED")}}));
}

}  // namespace engine::spark
