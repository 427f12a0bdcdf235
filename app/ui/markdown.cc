#include "app/ui/markdown.h"

#include <fmt/format.h>
#include <md4c.h>

#include <utility>

namespace app::ui {
namespace {

struct ListState {
    bool ordered = false;
    u32 next = 1;
};

struct Parser {
    RichText blocks;
    std::vector<ListState> lists;
    std::string pending_bullet;
    i32 bold = 0;
    i32 italic = 0;
    bool code = false;
    bool code_block = false;
    bool open = false;   // the last block still takes text
};

void open_block(Parser& parser) {
    TextBlock block;
    block.indent = static_cast<i32>(parser.lists.size());
    block.bullet = std::exchange(parser.pending_bullet, {});
    block.code_block = parser.code_block;
    parser.blocks.push_back(std::move(block));
    parser.open = true;
}

std::string next_bullet(Parser& parser) {
    if (parser.lists.empty() || !parser.lists.back().ordered) return "\u2022";
    return fmt::format("{}.", parser.lists.back().next++);
}

int enter_block(MD_BLOCKTYPE type, void* detail, void* context) {
    auto& parser = *static_cast<Parser*>(context);
    parser.open = false;
    if (type == MD_BLOCK_UL) parser.lists.push_back({false, 1});
    if (type == MD_BLOCK_OL) parser.lists.push_back({true, static_cast<MD_BLOCK_OL_DETAIL*>(detail)->start});
    if (type == MD_BLOCK_LI) parser.pending_bullet = next_bullet(parser);
    if (type == MD_BLOCK_H) ++parser.bold;
    if (type == MD_BLOCK_CODE) parser.code_block = true;
    return 0;
}

int leave_block(MD_BLOCKTYPE type, void*, void* context) {
    auto& parser = *static_cast<Parser*>(context);
    parser.open = false;
    if (type == MD_BLOCK_UL || type == MD_BLOCK_OL) parser.lists.pop_back();
    if (type == MD_BLOCK_H) --parser.bold;
    if (type == MD_BLOCK_CODE) parser.code_block = false;
    return 0;
}

void mark_span(Parser& parser, MD_SPANTYPE type, i32 by) {
    if (type == MD_SPAN_STRONG) parser.bold += by;
    if (type == MD_SPAN_EM) parser.italic += by;
    if (type == MD_SPAN_CODE) parser.code = by > 0;
}

int enter_span(MD_SPANTYPE type, void*, void* context) {
    mark_span(*static_cast<Parser*>(context), type, 1);
    return 0;
}

int leave_span(MD_SPANTYPE type, void*, void* context) {
    mark_span(*static_cast<Parser*>(context), type, -1);
    return 0;
}

int add_text(MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* context) {
    auto& parser = *static_cast<Parser*>(context);
    if (!parser.open) open_block(parser);
    std::string words(text, size);
    if (type == MD_TEXT_SOFTBR) words = " ";
    if (type == MD_TEXT_BR) words = "\n";
    parser.blocks.back().spans.push_back(
        {std::move(words), parser.bold > 0, parser.italic > 0, parser.code || parser.code_block});
    return 0;
}

}  // namespace

RichText parse_markdown(std::string_view source) {
    Parser state;
    MD_PARSER parser{};
    parser.flags = MD_FLAG_NOHTML | MD_FLAG_COLLAPSEWHITESPACE;
    parser.enter_block = enter_block;
    parser.leave_block = leave_block;
    parser.enter_span = enter_span;
    parser.leave_span = leave_span;
    parser.text = add_text;
    md_parse(source.data(), static_cast<MD_SIZE>(source.size()), &parser, &state);
    return state.blocks;
}

}  // namespace app::ui
