// Sections: reading the file; comparing texts; running.
#include "app/proof/recordings/cli_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "app/proof/masks/pattern.h"
#include "app/proof/story/ops.h"
#include "engine/model/json.h"
#include "engine/world_nodes.h"
#include "sim/base/lines.h"

namespace app::proof {
namespace {

using Lines = std::vector<std::string>;

constexpr sim::Nanos kCommandLimit = sim::seconds(300);

// ---- reading the file -----------------------------------------------------------------------------

struct Mask {
    Pattern pattern;
    std::string replacement;
};

/// A command and, if it is compared, what it is compared with.
struct Item {
    std::string title;       // "" of a setup
    Json op;                 // an operation of stories; null: a command
    std::string command;
    std::string compare;
    int interrupt = 0;       // seconds; 0 = none
    std::string input;
    int exit_code = 0;
    std::string output, errors;
};

struct Script {
    Json cluster;
    std::vector<Mask> masks;
    std::vector<Item> items;
};

bool starts(const std::string& line, std::string_view with) { return line.starts_with(with); }
std::string behind(const std::string& line, std::string_view with) { return line.substr(with.size()); }

/// Replacements are written with \1; the library wants $1, and a dollar for itself.
std::string as_replacement(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '$') out += "$$";
        else if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9') out += "$";
        else out += text[i];
    }
    return out;
}

void read_setup(const Lines& lines, Script& script) {
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const std::string& line = lines[i];
        if (starts(line, "> ")) script.items.emplace_back().op = engine::must_read_json<Json>(behind(line, "> "));
        else if (starts(line, "$ ")) script.items.emplace_back().command = behind(line, "$ ");
        else if (starts(line, "< ") && !script.items.empty()) script.items.back().input += behind(line, "< ") + "\n";
        else if (starts(line, "interrupt: ") && !script.items.empty())
            script.items.back().interrupt = std::stoi(behind(line, "interrupt: "));
    }
}

/// Where lines of a text go; a last line that has no end says so.
void add_line(std::string* text, const std::string& line) {
    constexpr std::string_view kOpen = "<no newline at end>";
    if (text == nullptr) return;
    if (line == kOpen && text->ends_with('\n')) text->pop_back();
    else if (line.ends_with(kOpen)) *text += line.substr(0, line.size() - kOpen.size());
    else *text += line + "\n";
}

void read_block(const Lines& lines, Script& script) {
    Item& item = script.items.emplace_back();
    item.title = behind(lines.front(), "=== ");
    std::string* text = nullptr;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const std::string& line = lines[i];
        if (starts(line, "--- exit ")) item.exit_code = std::stoi(behind(line, "--- exit ")), text = nullptr;
        else if (line == "--- stdin") text = &item.input;
        else if (line == "--- stdout") text = &item.output;
        else if (line == "--- stderr") text = &item.errors;
        else if (line == "--- end") return;
        else if (text != nullptr) add_line(text, line);
        else if (starts(line, "$ ")) item.command = behind(line, "$ ");
        else if (starts(line, "compare: ")) item.compare = behind(line, "compare: ");
        else if (starts(line, "interrupt: ")) item.interrupt = std::stoi(behind(line, "interrupt: "));
    }
}

void read_item(const Lines& lines, Script& script) {
    if (lines.empty()) return;
    if (lines.front() == "=== setup") read_setup(lines, script);
    else read_block(lines, script);
}

Script read_script(const std::string& text) {
    Script script;
    Lines item;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        if (starts(line, "cluster: ")) script.cluster = engine::must_read_json<Json>(behind(line, "cluster: "));
        if (starts(line, "mask: ")) {
            const Json mask = engine::must_read_json<Json>(behind(line, "mask: "));
            script.masks.push_back(
                {Pattern(mask[0].get<std::string>(), Pattern::Letters::exact, true),
                 as_replacement(mask[1])});
        }
        if (starts(line, "=== ")) {
            read_item(item, script);
            item.clear();
        }
        if (starts(line, "=== ") || !item.empty()) item.push_back(line);
    }
    read_item(item, script);
    return script;
}

// ---- comparing texts ------------------------------------------------------------------------------

Lines lines_of(const std::string& text) {
    const std::vector<std::string_view> lines = sim::lines_of(text);
    return {lines.begin(), lines.end()};
}

/// Numbers behind `Isr: ` in order.
std::string with_sorted_isr(const std::string& text) {
    static const Pattern kIsr("Isr: ([0-9,]+)");
    std::string out;
    std::size_t at = 0;
    for (const Found& found : all_found(text, kIsr)) {
        std::vector<int> ids;
        std::istringstream in(found.groups[1]);
        for (std::string id; std::getline(in, id, ',');) ids.push_back(std::stoi(id));
        std::ranges::sort(ids);
        out += text.substr(at, found.at - at) + fmt::format("Isr: {}", fmt::join(ids, ","));
        at = found.at + found.groups[0].size();
    }
    return out + text.substr(at);
}

std::string masked(std::string text, const std::vector<Mask>& masks) {
    for (const Mask& mask : masks) text = replaced(text, mask.pattern, mask.replacement);
    return with_sorted_isr(text);
}

bool is_placeholder(const std::string& line) {
    return line == "<stack trace>" || starts(line, "<usage text:") ||
           (starts(line, "... (") && line.ends_with(" more lines)"));
}

/// Equal, where a placeholder stands for any number of lines.
bool agree(const Lines& recorded, std::size_t r, const Lines& ours, std::size_t o) {
    if (r == recorded.size()) return o == ours.size();
    if (is_placeholder(recorded[r])) {
        for (std::size_t skip = o; skip <= ours.size(); ++skip)
            if (agree(recorded, r + 1, ours, skip)) return true;
        return false;
    }
    return o < ours.size() && recorded[r] == ours[o] && agree(recorded, r + 1, ours, o + 1);
}

Lines words_of(const std::string& text) {
    Lines words;
    std::string word;
    for (const char c : text + " ") {
        const bool separates = c == ' ' || c == ',' || c == '\n' || c == '\t';
        if (!separates) word += c;
        else if (!word.empty()) words.push_back(std::exchange(word, ""));
    }
    return words;
}

bool same_output(const Item& item, const std::string& recorded, const std::string& ours) {
    Lines theirs = lines_of(recorded), mine = lines_of(ours);
    if (item.compare.ends_with("words-as-set")) theirs = words_of(recorded), mine = words_of(ours);
    if (item.compare.ends_with("-as-set")) std::ranges::sort(theirs), std::ranges::sort(mine);
    return agree(theirs, 0, mine, 0);
}

bool contains_errors(const std::string& recorded, const std::string& ours) {
    const Lines mine = lines_of(ours);
    return std::ranges::all_of(lines_of(recorded), [&](const std::string& line) {
        return line.empty() || line[0] == ' ' || line[0] == '\t' || is_placeholder(line) ||
               std::ranges::find(mine, line) != mine.end();
    });
}

std::string shown(const std::string& text) {
    std::string out;
    for (const char c : text.substr(0, 900))
        out += c == '\n' ? std::string(" | ") : c == '\t' ? std::string(" ") : std::string(1, c);
    return out;
}

std::string difference(const Item& item, const engine::CommandRow& row, const std::vector<Mask>& masks) {
    const std::string mode = item.compare.substr(0, item.compare.find(' '));
    if (row.exit_code != item.exit_code)
        return fmt::format("exit code {} instead of {}: {}{}", row.exit_code, item.exit_code, shown(row.output),
                           shown(row.errors));
    if (mode == "exit-only") return "";
    const std::string recorded = masked(item.output, masks), ours = masked(row.output, masks);
    if (!same_output(item, recorded, ours))
        return fmt::format("printed [{}] instead of [{}]", shown(ours), shown(recorded));
    if (mode == "stdout") return "";
    const std::string theirs = masked(item.errors, masks), mine = masked(row.errors, masks);
    const bool good =
        mode == "stderr-contains" ? contains_errors(theirs, mine) : agree(lines_of(theirs), 0, lines_of(mine), 0);
    return good ? "" : fmt::format("complained [{}] instead of [{}]", shown(mine), shown(theirs));
}

// ---- running --------------------------------------------------------------------------------------

std::expected<engine::CommandRow, std::string> run_command(StoryStage& stage, const Item& item) {
    const std::size_t before = stage.history.commands.size();
    intervene(stage, [&](engine::Observer& observer) {
        engine::queue_command(stage.world, item.command, observer, item.input);
    });
    const auto ended = [&] { return stage.history.commands.size() > before; };
    if (item.interrupt > 0 && !run_until(stage, sim::seconds(item.interrupt), ended)) {
        stage.clock = std::max(stage.clock, stage.world.kernel().now);
        intervene(stage, [&](engine::Observer& observer) { engine::interrupt_console(stage.world, observer); });
    }
    if (!run_until(stage, kCommandLimit, ended)) return std::unexpected("no end of: " + item.command);
    return stage.history.commands[before];
}

/// What went wrong with an operation of the setup, or "".
std::string run_op(StoryStage& stage, const Json& op) {
    const std::string name = op["op"];
    const Op run = find_op(name);
    if (run == nullptr) return "not built yet: operation " + name;
    const OpResult result = run(stage, op);
    return result ? "" : fmt::format("{}: {}", name, result.error());
}

void run_item(StoryStage& stage, const Script& script, const Item& item, CliResult& result) {
    if (item.op.is_object()) {
        if (const std::string wrong = run_op(stage, item.op); !wrong.empty())
            result.complaints.push_back("setup: " + wrong);
        return;
    }
    const auto row = run_command(stage, item);
    if (item.title.empty()) return;
    const std::string wrong = row ? difference(item, *row, script.masks) : row.error();
    if (wrong.empty()) ++result.passed;
    else result.complaints.push_back(fmt::format("{}: $ {}: {}", item.title, item.command, wrong));
}

}  // namespace

CliResult run_cli_script(const std::string& text) {
    CliResult result;
    try {
        const Script script = read_script(text);
        auto stage = raise_stage(Json{{"cluster", script.cluster}}, 1);
        if (!stage) return {0, {stage.error()}};
        for (const Item& item : script.items) run_item(*stage, script, item, result);
    } catch (const std::exception& error) {
        result.complaints.push_back(error.what());
    }
    return result;
}

}  // namespace app::proof
