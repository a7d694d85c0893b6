#pragma once
// Failure of the world is a value: a Result carries what was wanted or an Error that says what was tried and what
// came back (STYLE 5). Broken code asserts instead. No exception crosses a module or a thread boundary.

#include <expected>
#include <fmt/format.h>
#include <string>
#include <utility>

namespace belay {

/// Why something could not be done. `text` names what was tried and on what, in words for an operator; it has no
/// trailing full stop and no newline. `code` is the errno behind it, 0 where there is none.
struct Error {
    std::string text;
    int code = 0;
};

template <typename T>
using Result = std::expected<T, Error>;

/// The result of an act that gives nothing back.
using Status = Result<void>;

/// Makes the unhappy side of any Result from a format string: `return fail("cannot open {}", path);`
template <typename... Args>
[[nodiscard]] std::unexpected<Error> fail(fmt::format_string<Args...> format, Args&&... args) {
    return std::unexpected(Error{.text = fmt::format(format, std::forward<Args>(args)...)});
}

/// The same for a failed system call: appends ": " and the text of `code`, and keeps the code.
template <typename... Args>
[[nodiscard]] std::unexpected<Error> fail_errno(int code, fmt::format_string<Args...> format, Args&&... args);

/// The text of an errno value, for example "Permission denied". Any thread.
[[nodiscard]] std::string errno_text(int code);

template <typename... Args>
std::unexpected<Error> fail_errno(int code, fmt::format_string<Args...> format, Args&&... args) {
    return std::unexpected(
        Error{.text = fmt::format(format, std::forward<Args>(args)...) + ": " + errno_text(code), .code = code});
}

} // namespace belay
