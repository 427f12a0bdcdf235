#include "app/proof/sweep/shrink.h"

#include <algorithm>

#include "app/lab/command/console.h"
#include "app/lab/host/files.h"
#include "app/proof/sweep/session.h"
#include "app/proof/sweep/sweep.h"

namespace app::proof {
namespace {

constexpr u64 kMostTries = 2000;

struct Shrinker {
    Shrunk best;
    std::string oracle;
    PlanPlayer player = play;

    /// Takes the plan if it breaks the same promise.
    bool take(Plan plan) {
        if (best.tries >= kMostTries) return false;
        ++best.tries;
        Played played = player(plan);
        const bool same = std::ranges::any_of(played.findings, [&](const auto& f) { return f.oracle == oracle; });
        if (!same) return false;
        best.plan = std::move(plan);
        best.played = std::move(played);
        return true;
    }
};

template <class T>
std::vector<T> without_range(const std::vector<T>& all, std::size_t from, std::size_t count) {
    std::vector<T> rest(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(from));
    const std::size_t end = std::min(all.size(), from + count);
    rest.insert(rest.end(), all.begin() + static_cast<std::ptrdiff_t>(end), all.end());
    return rest;
}

/// Leaves out parts of a list of the plan, from halves to single entries.
template <class ListOf>
void shrink_list(Shrinker& shrinker, const ListOf& list_of) {
    std::size_t part = std::max<std::size_t>(1, list_of(shrinker.best.plan).size() / 2);
    while (true) {
        bool smaller = false;
        for (std::size_t from = 0; from < list_of(shrinker.best.plan).size();) {
            Plan plan = shrinker.best.plan;
            list_of(plan) = without_range(list_of(plan), from, part);
            if (shrinker.take(std::move(plan))) smaller = true;
            else from += part;
        }
        if (part == 1 && !smaller) return;
        if (!smaller || part > 1) part = std::max<std::size_t>(1, part / 2);
    }
}

std::vector<Deed>& deeds_of(Plan& plan) { return plan.deeds; }
std::vector<engine::ProducerSpec>& producers_of(Plan& plan) { return plan.spec.producers; }
std::vector<engine::ConsumerSpec>& consumers_of(Plan& plan) { return plan.spec.consumers; }

/// A deed about a client that is left out is left out as well.
bool names(const Deed& deed, const std::string& client) { return deed.line.find(client) != std::string::npos; }

template <class Spec>
void shrink_clients(Shrinker& shrinker, std::vector<Spec>& (*list_of)(Plan&)) {
    for (std::size_t i = list_of(shrinker.best.plan).size(); i-- > 0;) {
        Plan plan = shrinker.best.plan;
        const std::string name = list_of(plan)[i].name;
        list_of(plan) = without_range(list_of(plan), i, 1);
        std::erase_if(plan.deeds, [&](const Deed& deed) { return names(deed, name); });
        shrinker.take(std::move(plan));
    }
}

/// The first phase ends soon after the last deed.
void shorten(Shrinker& shrinker) {
    const Nanos least =
        shrinker.best.plan.deeds.empty() ? sim::seconds(1) : shrinker.best.plan.deeds.back().at + sim::millis(1);
    for (const Nanos safety : {least, least + sim::seconds(2), least + sim::seconds(10)}) {
        if (safety >= shrinker.best.plan.safety) return;
        Plan plan = shrinker.best.plan;
        plan.safety = safety;
        if (shrinker.take(std::move(plan))) return;
    }
}

/// Records that must stay are there again, in their order.
void put_back(Plan& smaller, const Plan& whole, std::size_t producer,
              const std::function<bool(const engine::RecordSpec&)>& stays) {
    auto& records = smaller.spec.producers[producer].records;
    std::erase_if(records, stays);
    for (const engine::RecordSpec& record : whole.spec.producers[producer].records)
        if (stays(record)) records.push_back(record);
    std::ranges::stable_sort(records, {}, &engine::RecordSpec::at);
}

std::string output_of(const ShrinkOptions& options) {
    return options.output.empty() ? std::string(lab::without_extension(options.session)) + "-small.session"
                                  : options.output;
}

std::size_t records_in(const Plan& plan) {
    std::size_t n = 0;
    for (const auto& producer : plan.spec.producers) n += producer.records.size();
    return n;
}

void tell(const ShrinkOptions& options, const Plan& plan, const Shrunk& small, const std::string& oracle) {
    const auto clients = [](const Plan& of) { return of.spec.producers.size() + of.spec.consumers.size(); };
    fmt::print("{}: {} inputs of {}, {} clients of {}, {} tries\n", oracle, small.plan.deeds.size(), plan.deeds.size(),
               clients(small.plan), clients(plan), small.tries);
    if (records_in(plan) > 0) fmt::print("{} records of {}\n", records_in(small.plan), records_in(plan));
    for (const Deed& deed : small.plan.deeds)
        fmt::print("  {:>9.3f} s  {}\n", static_cast<double>(deed.at.count) / 1e9, deed.line);
    for (const auto& finding : small.played.findings)
        if (finding.oracle == oracle) fmt::print("{}\n", finding.sentence);
    fmt::print("session: {}\nopen it with: millrace replay {}\n", output_of(options), output_of(options));
}

}  // namespace

Shrunk shrink_plan(const Plan& plan, const Played& played) {
    MR_ASSERT(played.failed());
    Shrinker shrinker{{plan, played, 0}, played.findings.front().oracle};
    shrink_list(shrinker, deeds_of);
    shrink_clients(shrinker, consumers_of);
    shrink_clients(shrinker, producers_of);
    shrink_list(shrinker, deeds_of);
    shorten(shrinker);
    return std::move(shrinker.best);
}

Shrunk shrink_records(const Plan& plan, const Played& played, const PlanPlayer& player,
                      const std::function<bool(const engine::RecordSpec&)>& stays) {
    MR_ASSERT(played.failed());
    Shrinker shrinker{{plan, played, 0}, played.findings.front().oracle, [&](const Plan& smaller) {
                          Plan whole = smaller;
                          for (std::size_t p = 0; p < plan.spec.producers.size(); ++p) put_back(whole, plan, p, stays);
                          return player(whole);
                      }};
    shrink_list(shrinker, deeds_of);
    for (std::size_t p = 0; p < plan.spec.producers.size(); ++p)
        shrink_list(shrinker, [p](Plan& of) -> auto& { return of.spec.producers[p].records; });
    shrink_list(shrinker, deeds_of);
    for (std::size_t p = 0; p < plan.spec.producers.size(); ++p) put_back(shrinker.best.plan, plan, p, stays);
    return std::move(shrinker.best);
}

namespace {

int nothing_to_shrink(const ShrinkOptions& options) {
    return lab::complain(
        fmt::format("{}: no promise is broken when it is played again, so there is nothing to make smaller{}",
                    options.session, options.bug.empty() ? "; was it found with --bug?" : ""));
}

int keep_small(const ShrinkOptions& options, const Plan& plan, const Shrunk& small, const std::string& oracle) {
    if (const std::string wrong = save_session(output_of(options), small.plan, small.played); !wrong.empty())
        return lab::complain(wrong);
    tell(options, plan, small, oracle);
    return lab::kGood;
}

int shrink_streams(const ShrinkOptions& options, const Plan& plan) {
    const auto small = options.streams(plan);
    if (!small) return nothing_to_shrink(options);
    return keep_small(options, plan, *small, small->played.findings.front().oracle);
}

}  // namespace

int run_shrink(const ShrinkOptions& options) {
    auto plan = plan_of_session(options.session);
    if (!plan) return lab::complain(plan.error());
    if (!find_bug(options.bug, plan->spec.bug))
        return lab::complain(fmt::format("there is no planted bug '{}'", options.bug));
    if (!plan->spec.spark.queries.empty() && options.streams) return shrink_streams(options, *plan);
    const Played played = play(*plan);
    if (!played.failed()) return nothing_to_shrink(options);
    return keep_small(options, *plan, shrink_plan(*plan, played), played.findings.front().oracle);
}

}  // namespace app::proof
