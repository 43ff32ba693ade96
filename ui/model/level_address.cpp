// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/level_address.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/backend/tiered_backend.h"

namespace cachescope::ui {

namespace {

constexpr std::string_view kTiered = "tiered:";

struct Parts {
    std::string place;                    // all before the question mark
    std::vector<std::string> parameters;  // as they were written
};

Parts partsOf(const std::string& backend) {
    const std::size_t question = backend.find('?');
    Parts parts{backend.substr(0, question), {}};
    if (question == std::string::npos) {
        return parts;
    }
    std::string_view rest = std::string_view{backend}.substr(question + 1);
    while (!rest.empty()) {
        const std::size_t end = rest.find('&');
        parts.parameters.emplace_back(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
    return parts;
}

std::string textOf(const Parts& parts) {
    std::string text = parts.place;
    char sign = '?';
    for (const std::string& parameter : parts.parameters) {
        text += std::exchange(sign, '&') + parameter;
    }
    return text;
}

std::string_view nameOf(std::string_view parameter) {
    return parameter.substr(0, parameter.find('='));
}

bool has(const Parts& parts, std::string_view name) {
    return std::any_of(parts.parameters.begin(), parts.parameters.end(),
                       [name](const auto& each) { return nameOf(each) == name; });
}

// What is said of copies; the rest of the parameters is the lower backend's.
bool isOfCopies(std::string_view parameter) {
    static const std::vector<std::string> names = tieredBackendKind().parameters;
    return std::find(names.begin(), names.end(), nameOf(parameter)) != names.end();
}

}  // namespace

bool LevelAddress::hasTwoLevels(std::string_view backend) {
    return backend.starts_with(kTiered);
}

std::string LevelAddress::lower(const std::string& backend) {
    if (!hasTwoLevels(backend)) {
        return backend;
    }
    Parts parts = partsOf(backend.substr(kTiered.size()));
    std::erase_if(parts.parameters, isOfCopies);
    return textOf(parts);
}

std::string LevelAddress::over(const std::string& lower, const std::string& former) {
    Parts parts = partsOf(std::string{kTiered} + lower);
    if (hasTwoLevels(former)) {
        for (std::string& parameter : partsOf(former).parameters) {
            if (isOfCopies(parameter) && !has(parts, nameOf(parameter))) {
                parts.parameters.push_back(std::move(parameter));
            }
        }
    }
    return textOf(parts);
}

std::string LevelAddress::query(const std::string& backend) {
    const std::size_t question = backend.find('?');
    return question == std::string::npos ? std::string{} : backend.substr(question);
}

std::string LevelAddress::parameter(const std::string& backend, std::string_view name) {
    for (const std::string& parameter : partsOf(backend).parameters) {
        if (nameOf(parameter) == name && parameter.size() > name.size()) {
            return parameter.substr(name.size() + 1);
        }
    }
    return {};
}

std::string LevelAddress::with(const std::string& backend, std::string_view name,
                               std::string_view value) {
    Parts parts = partsOf(backend);
    auto& all = parts.parameters;
    const auto first = std::find_if(all.begin(), all.end(),
                                    [&](const auto& each) { return nameOf(each) == name; });
    const auto at = first - all.begin();
    std::erase_if(all, [&](const auto& each) { return nameOf(each) == name; });
    if (!value.empty()) {
        all.insert(all.begin() + std::min<std::ptrdiff_t>(at, std::ssize(all)),
                   std::string{name} + '=' + std::string{value});
    }
    return textOf(parts);
}

}  // namespace cachescope::ui
