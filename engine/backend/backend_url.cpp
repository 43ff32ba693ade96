// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/backend/backend_url.h"

#include <cctype>
#include <charconv>
#include <utility>

namespace cachescope {

namespace {

int hexValue(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Nothing on a broken escape.
bool unescape(std::string_view text, std::string& out) {
    out.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size() || hexValue(text[i + 1]) < 0 || hexValue(text[i + 2]) < 0) {
            return false;
        }
        out += static_cast<char>(hexValue(text[i + 1]) * 16 + hexValue(text[i + 2]));
        i += 2;
    }
    return true;
}

std::string escape(std::string_view text, std::string_view keep) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) || std::string_view{"-._~"}.find(c) != std::string_view::npos ||
            keep.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += '%';
            out += kDigits[byte >> 4];
            out += kDigits[byte & 15];
        }
    }
    return out;
}

constexpr const char* kHidden = "***";

// Whether the value of a parameter is nobody else's business.
bool isSecret(std::string_view name) {
    return name.ends_with("password");
}

bool validScheme(std::string_view scheme) {
    if (scheme.empty() || !std::isalpha(static_cast<unsigned char>(scheme.front()))) {
        return false;
    }
    for (const char c : scheme) {
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '+' && c != '-' && c != '.') {
            return false;
        }
    }
    return true;
}

// `name`, `name:port`, `[address]` or `[address]:port`.
Result<void> parseHost(std::string_view text, BackendUrl::Host& into) {
    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) {
            return Error{ErrorCode::syntax, {}, "a [ without its ] in the host"};
        }
        host = text.substr(1, close - 1);
        port = text.substr(close + 1);
        if (!port.empty() && port.front() != ':') {
            return Error{ErrorCode::syntax, {}, "something between the host's ] and the port"};
        }
        port = port.empty() ? port : port.substr(1);
    } else if (const auto separator = text.rfind(':'); separator != std::string_view::npos) {
        host = text.substr(0, separator);
        port = text.substr(separator + 1);
        if (host.find(':') != std::string_view::npos) {
            return Error{ErrorCode::syntax, {}, "more than one colon in a host without brackets"};
        }
    }
    if (!unescape(host, into.name)) {
        return Error{ErrorCode::syntax, {}, "a broken % escape in the host"};
    }
    if (!port.empty()) {
        const auto [end, failure] =
            std::from_chars(port.data(), port.data() + port.size(), into.port);
        if (failure != std::errc{} || end != port.data() + port.size() || into.port < 1 ||
            into.port > 65535) {
            return Error{ErrorCode::outOfRange, {}, "the port is not a number from 1 to 65535"};
        }
    }
    return {};
}

std::string hostText(const std::string& name, int port) {
    return (name.find(':') == std::string::npos ? escape(name, "")
                                                : '[' + escape(name, ":") + ']') +
           (port == 0 ? std::string{} : ':' + std::to_string(port));
}

}  // namespace

Result<BackendUrl> BackendUrl::parse(std::string_view text) {
    const auto fail = [&](ErrorCode code, std::string detail) {
        return Error{code, hidePassword(text), std::move(detail)};
    };
    BackendUrl url;
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || !validScheme(text.substr(0, colon))) {
        return fail(ErrorCode::syntax, "no scheme such as \"memory:\" in front");
    }
    for (const char c : text.substr(0, colon)) {
        url.scheme += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    std::string_view rest = text.substr(colon + 1);
    if (url.scheme == "tiered") {
        auto below = parse(rest);
        if (!below) {
            return fail(below.error().code(), below.error().detail());
        }
        if (!below->lower.empty()) {
            return fail(ErrorCode::syntax, "more than two levels");
        }
        below->lower = std::exchange(below->scheme, url.scheme);
        return below;
    }

    if (const auto question = rest.find('?'); question != std::string_view::npos) {
        std::string_view query = rest.substr(question + 1);
        rest = rest.substr(0, question);
        while (!query.empty()) {
            const auto ampersand = query.find('&');
            const std::string_view pair = query.substr(0, ampersand);
            query = ampersand == std::string_view::npos ? "" : query.substr(ampersand + 1);
            const auto equals = pair.find('=');
            std::string name;
            std::string value;
            if (equals == std::string_view::npos || !unescape(pair.substr(0, equals), name) ||
                !unescape(pair.substr(equals + 1), value) || name.empty()) {
                return fail(ErrorCode::syntax, "a parameter is not name=value");
            }
            url.parameters[name] = value;
        }
    }
    if (rest.substr(0, 2) == "//") {
        rest.remove_prefix(2);
        const auto slash = rest.find('/');
        std::string_view authority = rest.substr(0, slash);
        rest = slash == std::string_view::npos ? "" : rest.substr(slash);
        if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
            const std::string_view login = authority.substr(0, at);
            authority = authority.substr(at + 1);
            const auto separator = login.find(':');
            if (!unescape(login.substr(0, separator), url.user) ||
                (separator != std::string_view::npos &&
                 !unescape(login.substr(separator + 1), url.password))) {
                return fail(ErrorCode::syntax, "a broken % escape in the user or password");
            }
        }
        for (bool first = true;; first = false) {
            const auto comma = authority.find(',');
            BackendUrl::Host host;
            if (const auto parsed = parseHost(authority.substr(0, comma), host); !parsed) {
                return fail(parsed.error().code(), parsed.error().detail());
            }
            if (first) {
                url.host = std::move(host.name);
                url.port = host.port;
            } else {
                url.moreHosts.push_back(std::move(host));
            }
            if (comma == std::string_view::npos) {
                break;
            }
            authority.remove_prefix(comma + 1);
        }
    }
    if (!unescape(rest, url.path)) {
        return fail(ErrorCode::syntax, "a broken % escape in the path");
    }
    return url;
}

std::string BackendUrl::withoutPassword() const {
    std::string text = scheme + ':' + (lower.empty() ? "" : lower + ':');
    // A path of two slashes in front would otherwise be taken for a host.
    if (!host.empty() || !user.empty() || !password.empty() || port != 0 || !moreHosts.empty() ||
        path.substr(0, 2) == "//") {
        text += "//";
        if (!user.empty() || !password.empty()) {
            text += escape(user, "");
            text += password.empty() ? "@" : ":***@";
        }
        text += hostText(host, port);
        for (const Host& other : moreHosts) {
            text += ',' + hostText(other.name, other.port);
        }
    }
    text += escape(path, "/:@");
    char separator = '?';
    for (const auto& [name, value] : parameters) {
        text +=
            separator + escape(name, "") + '=' + (isSecret(name) ? kHidden : escape(value, "/:*,"));
        separator = '&';
    }
    return text;
}

namespace {

// Where the password stands, with the colon before it: [first, second). Empty without one.
std::pair<std::size_t, std::size_t> passwordRange(std::string_view text) {
    const auto start = text.find("//");
    if (start == std::string_view::npos) {
        return {0, 0};
    }
    // The last @ before the path: a password that holds an unescaped @ must not show its tail.
    const auto at = text.substr(0, text.find('/', start + 2)).rfind('@');
    const auto colon = text.find(':', start + 2);
    return at == std::string_view::npos || colon == std::string_view::npos || colon > at
               ? std::pair<std::size_t, std::size_t>{0, 0}
               : std::pair{colon, at};
}

// The part from the question mark on, without the parameters that are secret or, where the names
// are kept, with their values hidden. Broken text stays as it is.
std::string queryWithout(std::string_view query, bool keepNames) {
    std::string kept;
    for (bool first = true; first || !query.empty(); first = false) {
        const auto ampersand = query.find('&');
        const std::string_view pair = query.substr(0, ampersand);
        query = ampersand == std::string_view::npos ? "" : query.substr(ampersand + 1);
        std::string name;
        const auto equals = pair.find('=');
        const std::string_view written = pair.substr(0, equals);
        const bool secret = isSecret(unescape(written, name) ? std::string_view{name} : written) &&
                            equals != std::string_view::npos;
        if (secret && !keepNames) {
            continue;
        }
        kept += kept.empty() ? '?' : '&';
        kept += secret ? std::string{written} + '=' + kHidden : std::string{pair};
    }
    return kept;
}

std::string withoutSecrets(std::string_view text, bool keepNames) {
    const auto [colon, at] = passwordRange(text);
    std::string result{text.substr(0, colon)};
    if (at != 0 && keepNames) {
        result += std::string{':'} + kHidden;
    }
    const std::string_view rest = text.substr(at);
    const auto question = rest.find('?');
    result += rest.substr(0, question);
    return question == std::string_view::npos
               ? result
               : result + queryWithout(rest.substr(question + 1), keepNames);
}

}  // namespace

std::string hidePassword(std::string_view text) {
    return withoutSecrets(text, true);
}

std::string removePassword(std::string_view text) {
    return withoutSecrets(text, false);
}

}  // namespace cachescope
