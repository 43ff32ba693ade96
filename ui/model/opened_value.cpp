// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/opened_value.h"

#include <QSaveFile>
#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace cachescope::ui {

using inspect::ValueElement;
using inspect::ValueHead;
using inspect::ValuePage;
using inspect::ValuePlace;
using inspect::ValueReader;
using Stage = OpenedValue::Stage;

namespace {

// A key whose type changes this often while it is read is not worth more attempts.
constexpr int kAttempts = 3;

inspect::GuardedSession& sessionOf(const ValueQuestion& question) {
    return *question.link->server(question.key.server).session;
}

bool isFull(const OpenedValue& value) {
    return value.rows.size() >= kMostRows || value.rowBytes >= kMostRowBytes;
}

OpenedValue failed(const ValueQuestion& question, Error failure) {
    OpenedValue value;
    if (question.shown.stage == Stage::present) {
        value = question.shown;
        value.isOld = true;
    } else {
        value.stage = Stage::failed;
    }
    value.failure = std::move(failure);
    return value;
}

// Puts pages behind each other. The server may tell an element of a hash or a set twice while the
// key is written to: the later one counts.
class Pages {
public:
    explicit Pages(OpenedValue& value) : m_value(value) {
        for (std::size_t i = 0; hasNames() && i < m_value.rows.size(); ++i) {
            m_places.emplace(m_value.rows[i]->same, i);
        }
    }

    void append(ValuePage page, TimePoint readAt) {
        m_value.head.length = page.length;
        m_value.next = std::move(page.next);
        for (ValueElement& element : page.elements) {
            auto row =
                makeValueRow(m_value.head.type, std::move(element), m_value.rows.size(), readAt);
            m_value.rowBytes += row->size();
            if (hasNames()) {
                const auto [place, isNew] = m_places.emplace(row->same, m_value.rows.size());
                if (!isNew) {
                    // The name that the map points to lives in the former row.
                    const std::size_t at = place->second;
                    m_places.erase(place);
                    m_places.emplace(row->same, at);
                    m_value.rowBytes -= m_value.rows[at]->size();
                    m_value.rows[at] = std::move(row);
                    continue;
                }
            }
            m_value.rows.push_back(std::move(row));
        }
    }

private:
    bool hasNames() const {
        return m_value.head.type == inspect::ValueType::hash ||
               m_value.head.type == inspect::ValueType::set;
    }

    OpenedValue& m_value;
    std::unordered_map<std::string_view, std::size_t> m_places;
};

// False: it is of another type by now.
bool readString(ValueReader& reader, const ValueQuestion& question, OpenedValue& value,
                const std::stop_token& stop) {
    ValuePlace place;
    // What was cut off behind the window that is shown is no reason to show nothing.
    place.index = question.from < value.head.length ? question.from : 0;
    auto page = reader.page(question.key.name, value.head, place, stop);
    if (!page) {
        value.failure = page.error();
        return true;
    }
    if (page->state == ValuePage::State::otherType) {
        return false;
    }
    if (page->state == ValuePage::State::vanished) {
        value = OpenedValue{};
        value.stage = Stage::vanished;
        return true;
    }
    value.from = place.index;
    value.head.length = page->length;
    value.next = std::move(page->next);
    value.bytes = std::make_shared<const std::string>(std::move(page->bytes));
    return true;
}

// The same: as many rows as were shown, at least a page.
bool readRows(ValueReader& reader, const ValueQuestion& question, OpenedValue& value,
              const std::stop_token& stop) {
    const std::size_t wanted = std::max<std::size_t>(question.shown.rows.size(), 1);
    value.next = ValuePlace{};
    Pages pages(value);
    while (value.next && value.rows.size() < wanted && !isFull(value)) {
        const TimePoint now = sessionOf(question).clock().now();
        auto page = reader.page(question.key.name, value.head, *value.next, stop);
        if (!page) {
            value.next.reset();
            value.failure = page.error();
            return true;
        }
        if (page->state == ValuePage::State::otherType) {
            return false;
        }
        if (page->state == ValuePage::State::vanished) {
            value = OpenedValue{};
            value.stage = Stage::vanished;
            return true;
        }
        pages.append(std::move(*page), now);
    }
    return true;
}

OpenedValue readAll(const ValueQuestion& question, const std::stop_token& stop) {
    ValueReader reader(sessionOf(question), question.options);
    OpenedValue value;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        auto head = reader.head(question.key.name, stop);
        if (!head) {
            return failed(question, head.error());
        }
        value = OpenedValue{};
        value.stage = head->exists ? Stage::present : Stage::vanished;
        if (!head->exists) {
            return value;
        }
        value.head = std::move(*head);
        if (value.head.type == inspect::ValueType::other) {
            value.failure = Error{ErrorCode::unsupported, value.head.typeName};
            return value;
        }
        if (value.isString() ? readString(reader, question, value, stop)
                             : readRows(reader, question, value, stop)) {
            return value;
        }
    }
    return value;
}

OpenedValue readMore(const ValueQuestion& question, const std::stop_token& stop) {
    OpenedValue value = question.shown;
    if (!value.next || isFull(value)) {
        return value;
    }
    ValueReader reader(sessionOf(question), question.options);
    const TimePoint now = sessionOf(question).clock().now();
    auto page = reader.page(question.key.name, value.head, *value.next, stop);
    if (!page) {
        value.failure = page.error();
        return value;
    }
    if (page->state != ValuePage::State::present) {
        return readAll(question, stop);
    }
    value.failure.reset();
    Pages(value).append(std::move(*page), now);
    return value;
}

}  // namespace

OpenedValue readOpenedValue(const ValueQuestion& question, const std::stop_token& stop) {
    if (question.key.server >= question.link->size()) {
        return failed(question, Error{ErrorCode::unavailable});
    }
    return question.more ? readMore(question, stop) : readAll(question, stop);
}

Result<void> saveValue(const ValueQuestion& question, const std::shared_ptr<const std::string>& own,
                       const QString& path, const std::stop_token& stop) {
    QSaveFile file(path);
    const auto fileError = [&] {
        return Error{ErrorCode::io, path.toStdString(), file.errorString().toStdString()};
    };
    const auto write = [&](const std::string& bytes) {
        const auto size = static_cast<qint64>(bytes.size());
        return file.write(bytes.data(), size) == size;
    };
    if (!file.open(QIODevice::WriteOnly)) {
        return fileError();
    }
    if (own != nullptr) {
        if (!write(*own)) {
            return fileError();
        }
    } else {
        ValueReader reader(sessionOf(question), question.options);
        std::optional<ValuePlace> place = ValuePlace{};
        while (place) {
            const auto page = reader.page(question.key.name, question.shown.head, *place, stop);
            if (!page) {
                return page.error();
            }
            if (page->state != ValuePage::State::present) {
                return Error{ErrorCode::notFound, "the key"};
            }
            if (!write(page->bytes)) {
                return fileError();
            }
            place = page->next;
        }
    }
    return file.commit() ? Result<void>{} : fileError();
}

}  // namespace cachescope::ui
