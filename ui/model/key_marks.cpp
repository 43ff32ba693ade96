// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/key_marks.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/inspect/key_changes.h"

namespace cachescope::ui {

namespace {

using inspect::KeyRevision;
using Kind = KeyMark::Kind;

// Besides kKeyGone and kKeyRemoved, in the place of a deadline.
constexpr std::int64_t kExpired = -4;

KeyMark markOf(const KeyRevision& revision) {
    switch (revision.expiry) {
        case inspect::kKeyRemoved:
            return {.kind = Kind::removed};
        case inspect::kKeyGone:
            return {.kind = Kind::gone};
        case kExpired:
            return {.kind = Kind::expired};
        default:
            return {.kind = Kind::deadline, .expiry = revision.expiry};
    }
}

bool isCounted(Kind kind) noexcept {
    return kind != Kind::none && kind != Kind::expired;
}

bool isEarlier(const KeyRevision& one, const KeyRevision& other) noexcept {
    return one.key < other.key;
}

}  // namespace

bool KeyMarks::isSame(std::int64_t expiry, std::int64_t other) noexcept {
    const bool special =
        expiry < 0 || other < 0 || expiry == inspect::kNoExpiry || other == inspect::kNoExpiry;
    return special ? expiry == other : std::abs(expiry - other) < kSameMs;
}

const KeyRevision* KeyMarks::amongMany(std::uint32_t key) const {
    if (m_many == nullptr) {
        return nullptr;
    }
    const auto found =
        std::lower_bound(m_many->begin(), m_many->end(), KeyRevision{key}, isEarlier);
    return found != m_many->end() && found->key == key ? &*found : nullptr;
}

KeyMark KeyMarks::of(std::uint32_t key) const {
    if (m_few != nullptr) {
        if (const auto found = m_few->find(key); found != m_few->end()) {
            return found->second;
        }
    }
    const KeyRevision* revision = amongMany(key);
    return revision == nullptr ? KeyMark{} : markOf(*revision);
}

KeyMarks KeyMarks::with(std::vector<KeyRevision> revisions, const inspect::CensusView& view,
                        std::int64_t now) const {
    std::stable_sort(revisions.begin(), revisions.end(), isEarlier);
    Few few = m_few != nullptr ? *m_few : Few{};
    Many many;
    many.reserve(revisions.size() + (m_many != nullptr ? m_many->size() : 0));
    auto former = m_many != nullptr ? m_many->begin() : Many::const_iterator{};
    const auto formerEnd = m_many != nullptr ? m_many->end() : Many::const_iterator{};
    for (std::size_t i = 0; i < revisions.size(); ++i) {
        KeyRevision& revision = revisions[i];
        const std::uint32_t key = revision.key;
        if (i + 1 < revisions.size() && revisions[i + 1].key == key) {
            continue;  // the last one counts
        }
        for (; former != formerEnd && former->key < key; ++former) {
            many.push_back(*former);
        }
        if (former != formerEnd && former->key == key) {
            ++former;
        }
        few.erase(key);
        const std::int64_t read = view.facts(key).expiry;
        if (revision.expiry == inspect::kKeyGone && read >= 0 && read <= now) {
            revision.expiry = kExpired;
        }
        if (!isSame(revision.expiry, read)) {
            many.push_back(revision);
        }
    }
    many.insert(many.end(), former, formerEnd);
    KeyMarks next;
    next.m_many = many.empty() ? nullptr : std::make_shared<const Many>(std::move(many));
    next.m_few = few.empty() ? nullptr : std::make_shared<const Few>(std::move(few));
    next.recount();
    return next;
}

KeyMarks KeyMarks::with(std::uint32_t key, const KeyMark& mark) const {
    Few few = m_few != nullptr ? *m_few : Few{};
    if (mark.kind == Kind::none && amongMany(key) == nullptr) {
        few.erase(key);
    } else {
        few.insert_or_assign(key, mark);
    }
    KeyMarks next = *this;
    next.m_few = few.empty() ? nullptr : std::make_shared<const Few>(std::move(few));
    const auto counted = [key](const KeyMarks& marks) {
        return isCounted(marks.of(key).kind) ? std::size_t{1} : std::size_t{0};
    };
    next.m_count = m_count + counted(next) - counted(*this);
    return next;
}

void KeyMarks::recount() {
    m_count = 0;
    if (m_many != nullptr) {
        m_count = static_cast<std::size_t>(
            std::count_if(m_many->begin(), m_many->end(),
                          [](const KeyRevision& each) { return each.expiry != kExpired; }));
    }
    if (m_few != nullptr) {
        for (const auto& [key, mark] : *m_few) {
            const KeyRevision* hidden = amongMany(key);
            m_count -= hidden != nullptr && hidden->expiry != kExpired ? 1U : 0U;
            m_count += isCounted(mark.kind) ? 1U : 0U;
        }
    }
}

std::vector<KeyRevision> KeyMarks::revisions() const {
    std::vector<KeyRevision> all;
    const auto add = [&all](std::uint32_t key, const KeyMark& mark) {
        if (mark.isGone()) {
            all.push_back({key, inspect::kKeyGone});
        } else if (mark.isOther()) {
            all.push_back({key, mark.expiry});
        }
    };
    auto few = m_few != nullptr ? m_few->begin() : Few::const_iterator{};
    const auto fewEnd = m_few != nullptr ? m_few->end() : Few::const_iterator{};
    static const Many kNoneOfMany;
    for (const KeyRevision& revision : m_many != nullptr ? *m_many : kNoneOfMany) {
        for (; few != fewEnd && few->first < revision.key; ++few) {
            add(few->first, few->second);
        }
        if (few != fewEnd && few->first == revision.key) {
            continue;
        }
        add(revision.key, markOf(revision));
    }
    for (; few != fewEnd; ++few) {
        add(few->first, few->second);
    }
    return all;
}

inspect::KeyFacts markedFacts(const inspect::CensusView& view, std::uint32_t key,
                              const KeyMark& mark) {
    inspect::KeyFacts facts = view.facts(key);
    if (mark.isOther()) {
        facts.expiry = mark.expiry;
    }
    if (!mark.type.empty()) {
        facts.bytes = mark.bytes;
        facts.type = mark.type;
    }
    return facts;
}

}  // namespace cachescope::ui
