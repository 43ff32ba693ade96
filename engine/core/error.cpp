// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/error.h"

namespace cachescope {

struct Error::Info {
    std::string subject;
    std::string detail;
    std::shared_ptr<const Error> cause;
    std::exception_ptr thrown;
};

namespace {
const std::string kEmpty;
}

const char* errorCodeName(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::syntax:
            return "syntax";
        case ErrorCode::missing:
            return "missing";
        case ErrorCode::unknownName:
            return "unknownName";
        case ErrorCode::wrongType:
            return "wrongType";
        case ErrorCode::outOfRange:
            return "outOfRange";
        case ErrorCode::unsupported:
            return "unsupported";
        case ErrorCode::notFound:
            return "notFound";
        case ErrorCode::notPermitted:
            return "notPermitted";
        case ErrorCode::diskFull:
            return "diskFull";
        case ErrorCode::io:
            return "io";
        case ErrorCode::damaged:
            return "damaged";
        case ErrorCode::unreachable:
            return "unreachable";
        case ErrorCode::timedOut:
            return "timedOut";
        case ErrorCode::disconnected:
            return "disconnected";
        case ErrorCode::authentication:
            return "authentication";
        case ErrorCode::untrusted:
            return "untrusted";
        case ErrorCode::noPermission:
            return "noPermission";
        case ErrorCode::readOnly:
            return "readOnly";
        case ErrorCode::outOfMemory:
            return "outOfMemory";
        case ErrorCode::loading:
            return "loading";
        case ErrorCode::notThisProtocol:
            return "notThisProtocol";
        case ErrorCode::serverError:
            return "serverError";
        case ErrorCode::loadFailed:
            return "loadFailed";
        case ErrorCode::reentrantLoad:
            return "reentrantLoad";
        case ErrorCode::cancelled:
            return "cancelled";
        case ErrorCode::closed:
            return "closed";
        case ErrorCode::tooLarge:
            return "tooLarge";
        case ErrorCode::unavailable:
            return "unavailable";
    }
    return "unknown";
}

std::shared_ptr<const Error::Info> Error::makeInfo(std::string subject, std::string detail,
                                                   std::shared_ptr<const Error> cause,
                                                   std::exception_ptr thrown) {
    if (subject.empty() && detail.empty() && !cause && !thrown) {
        return nullptr;
    }
    return std::make_shared<const Info>(
        Info{std::move(subject), std::move(detail), std::move(cause), std::move(thrown)});
}

const std::string& Error::subject() const noexcept {
    return m_info ? m_info->subject : kEmpty;
}

const std::string& Error::detail() const noexcept {
    return m_info ? m_info->detail : kEmpty;
}

const Error* Error::cause() const noexcept {
    return m_info ? m_info->cause.get() : nullptr;
}

Error Error::because(Error cause) const {
    Error result = *this;
    result.m_info =
        makeInfo(subject(), detail(), std::make_shared<const Error>(std::move(cause)), exception());
    return result;
}

Error Error::about(std::string subject) const {
    Error result = *this;
    result.m_info =
        makeInfo(std::move(subject), detail(), m_info ? m_info->cause : nullptr, exception());
    return result;
}

Error Error::carrying(std::exception_ptr thrown) const {
    Error result = *this;
    result.m_info =
        makeInfo(subject(), detail(), m_info ? m_info->cause : nullptr, std::move(thrown));
    return result;
}

std::exception_ptr Error::exception() const noexcept {
    return m_info ? m_info->thrown : std::exception_ptr{};
}

std::string Error::toLogLine() const {
    std::string line = errorCodeName(m_code);
    for (const std::string* part : {&subject(), &detail()}) {
        if (!part->empty()) {
            line += ": " + *part;
        }
    }
    if (const Error* behind = cause()) {
        line += " <- " + behind->toLogLine();
    }
    return line;
}

}  // namespace cachescope
