// The shapes of queries that are crashed. SQL reads `a` and `b`: the keys, values and times of both streams.
#include <array>

#include "app/proof/streams/crash_case.h"

namespace app::proof {

using engine::spark::OutputMode;

std::span<const CrashShape> crash_shapes() {
    constexpr auto once = Promise::exactly_once, again = Promise::at_least_once;
    constexpr auto append = OutputMode::append, update = OutputMode::update, complete = OutputMode::complete;
    static const engine::spark::NamedTexts kPath = {{"path", "/out"}}, kTopic = {{"topic", "out"}}, kNone = {},
                                           kSkip = {{"skipSeen", "true"}}, kByKey = {{"key", "k"}};
    static const char* const kWindows =
        "SELECT window(t, '5 seconds') AS w, k, count(*) AS n, sum(v) AS s FROM a GROUP BY window(t, '5 seconds'), k";
    static const char* const kMap = "SELECT k, v + 1 AS n FROM a WHERE v % 4 <> 0";
    static const char* const kRange = "a.k = b.k AND b.t >= a.t AND b.t <= a.t + INTERVAL 4 SECONDS";
    static const std::string kJoins[] = {
        std::string("SELECT a.k AS k, a.v AS v, b.v AS x FROM a JOIN b ON ") + kRange,
        std::string("SELECT a.k AS k, a.v AS v, a.t AS t, b.v AS x, b.t AS u FROM a LEFT JOIN b ON ") + kRange,
        std::string("SELECT a.k AS k, a.v AS v, a.t AS t, b.k AS l, b.v AS x, b.t AS u FROM a FULL JOIN b ON ") +
            kRange,
        std::string("SELECT a.k AS k, a.v AS v, a.t AS t FROM a LEFT SEMI JOIN b ON ") + kRange,
        std::string(
            "SELECT window(t, '5 seconds') AS w, k, count(*) AS n FROM (SELECT a.k AS k, a.t AS t FROM a JOIN b ON ") +
            kRange + ") GROUP BY window(t, '5 seconds'), k",
    };
    static const std::array kShapes = {
        CrashShape{"rows to the console", kMap, "console", kNone, append, again},
        CrashShape{"rows to JSON files", kMap, "json", kPath, append, once},
        CrashShape{"rows to CSV files", kMap, "csv", kPath, append, once},
        CrashShape{"rows to text files", "SELECT concat(k, ' ', v) AS value FROM a", "text", kPath, append, once},
        CrashShape{"rows to a topic", "SELECT k AS key, CAST(v AS STRING) AS value FROM a", "kafka", kTopic, append,
                   again},
        CrashShape{"rows to foreach", kMap, "foreach", kNone, append, again},
        CrashShape{"rows to foreach that skips", kMap, "foreach", kSkip, append, once},
        CrashShape{"static join to foreach that skips", "SELECT name, v FROM a JOIN kinds ON k = id", "foreach", kSkip,
                   append, once},
        CrashShape{"all counts to memory", "SELECT k, count(*) AS n, sum(v) AS s FROM a GROUP BY k", "memory", kNone,
                   complete, once},
        CrashShape{"changed counts by key", "SELECT k, count(*) AS n, max(v) AS m FROM a GROUP BY k", "foreachBatch",
                   kByKey, update, once},
        CrashShape{"windows to JSON files", kWindows, "json", kPath, append, once, 1, true},
        CrashShape{"windows to the console", kWindows, "console", kNone, append, again, 1, true},
        CrashShape{"changed windows by key",
                   "SELECT concat(CAST(window(t, '10 seconds').start AS STRING), k) AS k, count(*) AS n FROM a GROUP "
                   "BY window(t, '10 seconds'), k",
                   "foreachBatch", kByKey, update, once, 1, true},
        CrashShape{
            "sliding windows to a topic",
            "SELECT concat(CAST(w.start AS STRING), k) AS key, CAST(n AS STRING) AS value FROM (SELECT window(t, '6 "
            "seconds', '3 seconds') AS w, k, count(*) AS n FROM a GROUP BY window(t, '6 seconds', '3 seconds'), k)",
            "kafka", kTopic, append, again, 1, true},
        CrashShape{"distinct rows to JSON files", "SELECT DISTINCT t, k FROM a", "json", kPath, append, once, 1, true},
        CrashShape{"sessions to JSON files",
                   "SELECT session_window(t, '2 seconds') AS w, k, count(*) AS n FROM a GROUP BY session_window(t, '2 "
                   "seconds'), k",
                   "json", kPath, append, once, 1, true},
        CrashShape{"union in windows to JSON files",
                   "SELECT window(t, '5 seconds') AS w, k, sum(v) AS s FROM (SELECT t, k, v FROM a UNION ALL SELECT t, "
                   "k, v FROM b) GROUP BY window(t, '5 seconds'), k",
                   "json", kPath, append, once, 2, true},
        CrashShape{"join to JSON files", kJoins[0].c_str(), "json", kPath, append, once, 2, true},
        CrashShape{"left join to JSON files", kJoins[1].c_str(), "json", kPath, append, once, 2, true},
        CrashShape{"full join to the console", kJoins[2].c_str(), "console", kNone, append, again, 2, true},
        CrashShape{"semi-join to JSON files", kJoins[3].c_str(), "json", kPath, append, once, 2, true},
        CrashShape{"join in windows to JSON files", kJoins[4].c_str(), "json", kPath, append, once, 2, true},
        CrashShape{"typed rows to JSON files", "SELECT value, length(value) AS n FROM source", "json", kPath, append,
                   once, 1, false, "memory"},
        CrashShape{"rate to JSON files", "SELECT value, timestamp FROM source", "json", kPath, append, once, 1, false,
                   "rate"},
        CrashShape{"rate by batches to JSON files", "SELECT value, timestamp FROM source", "json", kPath, append, once,
                   1, false, "rate-micro-batch"},
    };
    return kShapes;
}

}  // namespace app::proof
