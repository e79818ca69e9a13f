// The tokens of Bicep that need more than a regular expression: line endings, the text of strings, and comments.
//
// Each character is looked at a bounded number of times, whatever the file holds. Two cases need care:
//
// - Whether a line ending ends what stands before it depends on what comes next, `?` or `if` for instance, however
//   many comments stand in between. That is found out once, at the first line ending; those that follow are
//   `FURTHER_NEWLINE` or plain `NEWLINE` and look no further.
// - Of more than three quotes at the end of a multi-line string, the last three close it. The others are counted
//   once and kept as `pending`.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

#include <stddef.h>
#include <string.h>

// The order is that of `externals` in `grammar.js`.
enum Token {
    NEWLINE,
    NEWLINE_BEFORE_DECLARATION,
    NEWLINE_BEFORE_QUESTION,
    NEWLINE_BEFORE_COLON,
    NEWLINE_BEFORE_PIPE,
    NEWLINE_BEFORE_IF,
    NEWLINE_BEFORE_BODY,
    FURTHER_NEWLINE,
    STRING_CONTENT,
    INTERPOLATION_START,
    INTERPOLATION_END,
    MULTILINE_START,
    MULTILINE_END,
    COMMENT,
    DECLARATION_START,
    UNPARSED,
    ERROR_SENTINEL,
};

// Multi-line strings within the interpolations of multi-line strings; nobody nests them this deeply.
#define MAXIMUM_NESTING 100

// A lambda's body stands on a later line unless that line begins with one of these; the body is missing then.
static const char *const DECLARATION_KEYWORDS[] = {
    "assert", "extends", "extension", "extensionConfig", "func", "import", "metadata", "module", "output",
    "param", "provider", "resource", "targetScope", "test", "type", "using", "var",
};
#define LONGEST_KEYWORD 15

typedef struct {
    // How many interpolations are open. A line must not end within one.
    uint32_t interpolations;
    // How many of the next characters are text although they look like a closing quote or an interpolation.
    uint32_t pending;
    // Whether a declaration begins right here: its line ending has been read, its `DECLARATION_START` has not.
    uint32_t before_declaration;
    // Is another after each line ending in recovery, and otherwise 0. Recovery does not skip a token that changes the
    // state where it could go back to a place that takes it: what is broken ends with its line.
    uint32_t broken_line;
    // The multi-line strings that are open, each by the number of `$` before its quotes.
    uint32_t nesting;
    uint16_t dollars[MAXIMUM_NESTING];
} Scanner;

static inline void advance(TSLexer *lexer) { lexer->advance(lexer, false); }
static inline bool at_line_end(TSLexer *lexer) { return lexer->lookahead == '\n' || lexer->lookahead == '\r'; }
static inline bool at_blank(TSLexer *lexer) { return lexer->lookahead == ' ' || lexer->lookahead == '\t'; }

static inline bool found(TSLexer *lexer, enum Token token) {
    lexer->result_symbol = (TSSymbol)token;
    return true;
}

static uint32_t count(TSLexer *lexer, int32_t character) {
    uint32_t number = 0;
    while (lexer->lookahead == character) {
        advance(lexer);
        number++;
    }
    return number;
}

static void skip_line(TSLexer *lexer) {
    while (!lexer->eof(lexer) && !at_line_end(lexer)) advance(lexer);
}

// Skips what follows `/*`, and says whether it came to an end.
static bool skip_block_comment(TSLexer *lexer) {
    while (!lexer->eof(lexer)) {
        if (lexer->lookahead != '*') {
            advance(lexer);
            continue;
        }
        advance(lexer);
        if (lexer->lookahead == '/') {
            advance(lexer);
            return true;
        }
    }
    return false;
}

// Stands at `'`, `$` or text in a string of one line.
static bool scan_string(Scanner *scanner, TSLexer *lexer, const bool *valid) {
    bool any = false;
    while (!lexer->eof(lexer) && !at_line_end(lexer) && lexer->lookahead != '\'' && lexer->lookahead != '\\') {
        if (lexer->lookahead == '$') {
            lexer->mark_end(lexer);
            advance(lexer);
            if (lexer->lookahead == '{') {
                if (any) return found(lexer, STRING_CONTENT);
                if (!valid[INTERPOLATION_START]) return false;
                advance(lexer);
                lexer->mark_end(lexer);
                scanner->interpolations++;
                return found(lexer, INTERPOLATION_START);
            }
        } else {
            advance(lexer);
        }
        any = true;
    }
    if (!any) return false;
    lexer->mark_end(lexer);
    return found(lexer, STRING_CONTENT);
}

// Stands in a multi-line string, after its first three quotes.
static bool scan_multiline_string(Scanner *scanner, TSLexer *lexer) {
    if (scanner->pending > 0) {
        for (; scanner->pending > 0 && !lexer->eof(lexer); scanner->pending--) advance(lexer);
        scanner->pending = 0;
        lexer->mark_end(lexer);
        return found(lexer, STRING_CONTENT);
    }

    uint32_t dollars = scanner->nesting > 0 ? scanner->dollars[scanner->nesting - 1] : 0;
    bool any = false;
    while (!lexer->eof(lexer)) {
        int32_t character = lexer->lookahead;
        if (character != '\'' && (character != '$' || dollars == 0)) {
            advance(lexer);
            any = true;
            continue;
        }

        // A run of quotes or dollars. Text before it ends here; without such text, its first character may be text.
        lexer->mark_end(lexer);
        uint32_t run = 0;
        if (!any) {
            advance(lexer);
            lexer->mark_end(lexer);
            run = 1;
        }
        run += count(lexer, character);

        bool closes = character == '\'' && run >= 3;
        bool opens = character == '$' && run >= dollars && lexer->lookahead == '{';
        if (!closes && !opens) {
            any = true;
            continue;
        }

        uint32_t surplus = run - (closes ? 3 : dollars);
        if (any) {
            scanner->pending = surplus;
            return found(lexer, STRING_CONTENT);
        }
        if (surplus > 0) {
            scanner->pending = surplus - 1;
            return found(lexer, STRING_CONTENT);
        }
        if (closes) {
            lexer->mark_end(lexer);
            if (scanner->nesting > 0) scanner->nesting--;
            return found(lexer, MULTILINE_END);
        }
        advance(lexer);
        lexer->mark_end(lexer);
        scanner->interpolations++;
        return found(lexer, INTERPOLATION_START);
    }
    if (!any) return false;
    lexer->mark_end(lexer);
    return found(lexer, STRING_CONTENT);
}

// Skips blanks, line endings, comments and pragmas, and says whether there was a comment.
// A slash that begins no comment is skipped too; none of what is looked for begins with one.
static bool skip_trivia(TSLexer *lexer) {
    bool commented = false;
    while (!lexer->eof(lexer)) {
        if (at_line_end(lexer) || at_blank(lexer)) {
            advance(lexer);
        } else if (lexer->lookahead == '#') {
            skip_line(lexer);
        } else if (lexer->lookahead == '/') {
            advance(lexer);
            commented = true;
            if (lexer->lookahead == '/') {
                skip_line(lexer);
            } else if (lexer->lookahead == '*') {
                advance(lexer);
                skip_block_comment(lexer);
            } else {
                break;
            }
        } else {
            break;
        }
    }
    return commented;
}

// Reads a word as far as the longest keyword; a longer one is not a keyword.
static void read_word(TSLexer *lexer, char word[LONGEST_KEYWORD + 2]) {
    size_t length = 0;
    while (length <= LONGEST_KEYWORD) {
        int32_t c = lexer->lookahead;
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(length > 0 && c >= '0' && c <= '9')) break;
        word[length++] = (char)c;
        advance(lexer);
    }
    word[length] = 0;
}

static bool begins_declaration(const char *word) {
    for (size_t i = 0; i < sizeof(DECLARATION_KEYWORDS) / sizeof(DECLARATION_KEYWORDS[0]); i++) {
        if (strcmp(word, DECLARATION_KEYWORDS[i]) == 0) return true;
    }
    return false;
}

// Says whether a declaration begins here, at the beginning of a line. `type: 1` is a property, and `type as t` an item
// of an import. `resource a 'b'` and `@a()` may stand in a body, so they count only where the tree is broken.
static bool at_declaration(TSLexer *lexer, bool recovering) {
    char word[LONGEST_KEYWORD + 2];
    if (lexer->lookahead == '@') return recovering;
    read_word(lexer, word);
    if (!begins_declaration(word)) return false;
    bool certain = strcmp(word, "resource") != 0;
    if (!certain && !recovering) return false;
    bool assigns = strcmp(word, "targetScope") == 0 && at_blank(lexer);
    if (!at_blank(lexer)) return assigns;
    while (at_blank(lexer)) advance(lexer);
    if (lexer->lookahead == '=') return assigns;
    read_word(lexer, word);
    return word[0] != 0 && strcmp(word, "as") != 0;
}

// In recovery, at a declaration whose line ending has been skipped: takes everything before the line ending of the next.
// Skipping thus costs more than closing what is open, and an error does not reach into the next declaration.
static bool scan_unparsed(TSLexer *lexer) {
    while (!lexer->eof(lexer)) {
        skip_line(lexer);
        lexer->mark_end(lexer);
        bool line_start = false;
        while (at_line_end(lexer) || at_blank(lexer)) {
            line_start = at_line_end(lexer);
            advance(lexer);
        }
        if (line_start && at_declaration(lexer, true)) break;
    }
    return found(lexer, UNPARSED);
}

// Stands at a line ending, and takes it with the empty lines after it.
static bool scan_newline(Scanner *scanner, TSLexer *lexer, const bool *valid, bool recovering) {
    bool line_start = true;
    while (at_line_end(lexer) || at_blank(lexer)) {
        line_start = at_line_end(lexer);
        advance(lexer);
        if (line_start) lexer->mark_end(lexer);
    }
    if (recovering) {
        scanner->before_declaration = line_start && at_declaration(lexer, true);
        return found(lexer, scanner->before_declaration ? NEWLINE_BEFORE_DECLARATION : NEWLINE);
    }
    if (valid[FURTHER_NEWLINE]) return found(lexer, FURTHER_NEWLINE);

    if (valid[NEWLINE_BEFORE_IF] || valid[NEWLINE_BEFORE_BODY]) {
        char word[LONGEST_KEYWORD + 2];
        skip_trivia(lexer);
        read_word(lexer, word);
        if (valid[NEWLINE_BEFORE_IF]) return strcmp(word, "if") == 0 && found(lexer, NEWLINE_BEFORE_IF);
        return !begins_declaration(word) && found(lexer, NEWLINE_BEFORE_BODY);
    }

    // Where no declaration can begin, this line ending is an error, and what is open ends here.
    if (line_start && at_declaration(lexer, false)) {
        scanner->before_declaration = 1;
        return found(lexer, NEWLINE_BEFORE_DECLARATION);
    }

    if (valid[NEWLINE_BEFORE_QUESTION] || valid[NEWLINE_BEFORE_COLON] || valid[NEWLINE_BEFORE_PIPE]) {
        bool commented = skip_trivia(lexer);
        int32_t character = lexer->lookahead;
        if (character == '?' || character == ':' || character == '|') {
            advance(lexer);
            bool doubled = lexer->lookahead == character;
            enum Token token = character == '?'   ? NEWLINE_BEFORE_QUESTION
                               : character == ':' ? NEWLINE_BEFORE_COLON
                                                  : NEWLINE_BEFORE_PIPE;
            // The compiler does not look past comments for `|`.
            bool hidden = character == '|' && commented;
            if (!doubled && !hidden && valid[token]) return found(lexer, token);
        }
    }
    return valid[NEWLINE] && found(lexer, NEWLINE);
}

static bool scan_comment(TSLexer *lexer) {
    advance(lexer);
    if (lexer->lookahead == '/') {
        skip_line(lexer);
        lexer->mark_end(lexer);
        return found(lexer, COMMENT);
    }
    if (lexer->lookahead == '*') {
        advance(lexer);
        bool ended = skip_block_comment(lexer);
        lexer->mark_end(lexer);
        return found(lexer, ended ? COMMENT : UNPARSED);
    }
    return false;
}

static bool scan_multiline_start(Scanner *scanner, TSLexer *lexer) {
    if (scanner->nesting >= MAXIMUM_NESTING) return false;
    uint32_t dollars = count(lexer, '$');
    if (dollars > UINT16_MAX) return false;
    for (int quote = 0; quote < 3; quote++) {
        if (lexer->lookahead != '\'') return false;
        advance(lexer);
    }
    lexer->mark_end(lexer);
    scanner->dollars[scanner->nesting++] = (uint16_t)dollars;
    return found(lexer, MULTILINE_START);
}

bool tree_sitter_bicep_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
    Scanner *scanner = (Scanner *)payload;
    bool recovering = valid[ERROR_SENTINEL];

    if (!recovering) {
        if (valid[MULTILINE_END]) return scan_multiline_string(scanner, lexer);
        if (valid[STRING_CONTENT]) return scan_string(scanner, lexer, valid);
    }

    uint32_t broken_line = scanner->broken_line;
    scanner->broken_line = 0;

    if (scanner->before_declaration) {
        scanner->before_declaration = 0;
        if (recovering) return scan_unparsed(lexer);
        if (valid[DECLARATION_START]) {
            lexer->mark_end(lexer);
            return found(lexer, DECLARATION_START);
        }
    }

    while (at_blank(lexer)) lexer->advance(lexer, true);

    switch (lexer->lookahead) {
    case '\n':
    case '\r':
        if (recovering) {
            // A line that ends closes what is open, as it does in the compiler.
            memset(scanner, 0, sizeof(Scanner));
            scanner->broken_line = broken_line == 1 ? 2 : 1;
        } else if (scanner->interpolations > 0) {
            return false;
        }
        return scan_newline(scanner, lexer, valid, recovering);
    case '/':
        return scan_comment(lexer);
    case '}':
        if (!valid[INTERPOLATION_END] || scanner->interpolations == 0) return false;
        advance(lexer);
        lexer->mark_end(lexer);
        scanner->interpolations--;
        return found(lexer, INTERPOLATION_END);
    case '$':
    case '\'':
        return !recovering && valid[MULTILINE_START] && scan_multiline_start(scanner, lexer);
    default:
        return false;
    }
}

void *tree_sitter_bicep_external_scanner_create(void) { return ts_calloc(1, sizeof(Scanner)); }

void tree_sitter_bicep_external_scanner_destroy(void *payload) { ts_free(payload); }

unsigned tree_sitter_bicep_external_scanner_serialize(void *payload, char *buffer) {
    Scanner *scanner = (Scanner *)payload;
    if (scanner->interpolations == 0 && scanner->pending == 0 && scanner->nesting == 0 &&
        !scanner->before_declaration && scanner->broken_line == 0) {
        return 0;
    }
    uint32_t size = (uint32_t)offsetof(Scanner, dollars) + scanner->nesting * (uint32_t)sizeof(uint16_t);
    memcpy(buffer, scanner, size);
    return size;
}

void tree_sitter_bicep_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
    memset(payload, 0, sizeof(Scanner));
    if (length > 0) memcpy(payload, buffer, length);
}
