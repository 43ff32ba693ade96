// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/open_key.h"

#include <algorithm>
#include <utility>

#include "ui/model/error_text.h"
#include "ui/model/formats.h"

namespace cachescope::ui {

using Stage = OpenedValue::Stage;

namespace {

// Whoever goes through a table with the arrow keys opens many keys and looks at few.
constexpr std::chrono::milliseconds kUntilWatched{250};
// A key that is written to all the time is read again now and then, the seldomer the longer it
// takes.
constexpr std::chrono::milliseconds kRest{100};
constexpr int kRestFactor = 4;

DecodedText decodeElement(const inspect::ValueElement& entry,
                          std::optional<inspect::ValueFormat> format) {
    inspect::DecodedValue all;
    all.format = inspect::ValueFormat::json;
    all.tree.emplace();
    all.tree->kind = inspect::ValueNode::Kind::map;
    QStringList formats;
    for (const auto& [name, bytes] : entry.fields) {
        inspect::DecodedValue value = inspect::decodeValue(bytes, {.format = format});
        inspect::ValueNode node;
        if (value.tree) {
            node = std::move(*value.tree);
        } else if (value.format == inspect::ValueFormat::text) {
            node.kind = inspect::ValueNode::Kind::text;
            node.text = std::move(value.text);
        } else {
            node.kind = inspect::ValueNode::Kind::bytes;
            node.text = bytes;
        }
        node.name = name;
        all.tree->children.push_back(std::move(node));
        all.truncated = all.truncated || value.truncated;
        if (value.note && !all.note) {
            all.note = value.note;
        }
        formats += DecodedTexts::formatName(value.format);
    }
    formats.removeDuplicates();
    DecodedText text = DecodedTexts::of(all);
    text.format = formats.join(QStringLiteral(", "));
    return text;
}

// A window that begins in the middle of a letter is not therefore no text.
std::string_view fromALetter(std::string_view bytes) {
    std::size_t cut = 0;
    while (cut < 3 && cut < bytes.size() &&
           (static_cast<unsigned char>(bytes[cut]) & 0xc0U) == 0x80) {
        ++cut;
    }
    return bytes.substr(cut);
}

}  // namespace

inspect::ValueReaderOptions OpenKey::readerOptions() {
    inspect::ValueReaderOptions options;
    // Most compressed strings are then decoded as a whole.
    options.stringBytes = std::uint64_t{256} << 10;
    return options;
}

OpenKey::OpenKey(QObject* parent, inspect::ValueReaderOptions options, const Clock& clock)
    : QObject(parent), m_options(options), m_clock(clock) {
    m_againSoon.setSingleShot(true);
    m_watchSoon.setSingleShot(true);
    m_watchSoon.setInterval(kUntilWatched);
    connect(&m_againSoon, &QTimer::timeout, this, [this] { read(false); });
    connect(&m_watchSoon, &QTimer::timeout, this, &OpenKey::watch);
    connect(&m_read, &LatestTask::busyChanged, this, [this](bool busy) {
        if (!busy) {
            readFurther();
        }
        Q_EMIT busyChanged();
    });
    connect(&m_save, &LatestTask::busyChanged, this, &OpenKey::busyChanged);
}

OpenKey::~OpenKey() {
    m_watch.reset();
}

void OpenKey::setLink(std::shared_ptr<const inspect::InspectLink> link) {
    close();
    m_save.cancel();
    m_link = std::move(link);
}

void OpenKey::setWatched(bool watched) {
    if (std::exchange(m_watched, watched) == watched) {
        return;
    }
    if (watched && m_key) {
        // Nobody told what happened meanwhile.
        refresh();
    } else {
        m_againSoon.stop();
        m_again = false;
    }
    watchSoon();
}

void OpenKey::open(const KeyRef& key) {
    if (m_key == key && m_link != nullptr) {
        refresh();
        return;
    }
    clear();
    if (m_link != nullptr) {
        m_key = key;
        m_value.stage = Stage::reading;
        read(false);
    }
    watchSoon();
    Q_EMIT keyChanged();
    Q_EMIT valueChanged();
    Q_EMIT decodedChanged();
}

void OpenKey::close() {
    if (!m_key) {
        return;
    }
    clear();
    watchSoon();
    Q_EMIT keyChanged();
    Q_EMIT valueChanged();
    Q_EMIT decodedChanged();
}

void OpenKey::clear() {
    m_key.reset();
    m_value = OpenedValue{};
    m_againSoon.stop();
    m_again = false;
    m_moreWanted = false;
    m_read.cancel();
    m_decode.cancel();
    m_longestLeft = Duration{};
    m_selected = -1;
    m_format.reset();
    m_decoded = DecodedText{};
    m_lastTook = Duration{};
}

void OpenKey::refresh() {
    if (!m_key) {
        return;
    }
    m_again = true;
    if (!m_read.busy()) {
        m_againSoon.stop();
        read(false);
    }
}

void OpenKey::loadMore() {
    if (canLoadMore()) {
        m_moreWanted = true;
        if (!m_read.busy()) {
            readFurther();
        }
    }
}

void OpenKey::showBytesFrom(std::uint64_t from) {
    if (m_key && m_value.isString() && from < std::max<std::uint64_t>(m_value.head.length, 1)) {
        ask(question(from, false));
    }
}

bool OpenKey::isFull() const {
    return m_value.next && !m_value.isString() &&
           (m_value.rows.size() >= kMostRows || m_value.rowBytes >= kMostRowBytes);
}

bool OpenKey::canLoadMore() const {
    return m_value.stage == Stage::present && m_value.next && !m_value.isString() && !isFull();
}

ValueQuestion OpenKey::question(std::uint64_t from, bool more) const {
    return {m_link, *m_key, m_options, m_value, from, more};
}

void OpenKey::read(bool more) {
    ask(question(m_value.from, more));
}

void OpenKey::ask(ValueQuestion asked) {
    m_again = m_again && asked.more;
    m_read.ask([this, asked = std::move(asked)](const LatestTask::Turn& turn) {
        const TimePoint begin = m_clock.now();
        auto value = std::make_shared<OpenedValue>(readOpenedValue(asked, turn.stopToken()));
        turn.tell([this, value, took = m_clock.now() - begin] { show(std::move(*value), took); });
    });
}

void OpenKey::show(OpenedValue value, Duration took) {
    const auto before = chosenBytes();
    const std::shared_ptr<const ValueRow> row =
        m_selected >= 0 ? m_value.rows[static_cast<std::size_t>(m_selected)] : nullptr;
    if (m_value.stage == Stage::present && value.stage == Stage::present) {
        value.formerType = value.head.typeName != m_value.head.typeName
                               ? QString::fromStdString(m_value.head.typeName)
                               : m_value.formerType;
    }
    m_lastTook = took;
    m_lastRead = m_clock.now();
    m_value = std::move(value);
    m_longestLeft = m_value.head.ttl ? std::max(m_longestLeft, *m_value.head.ttl) : Duration{};
    // The element is found again by what it is known by; else what stands in its place.
    const int last = static_cast<int>(m_value.rows.size()) - 1;
    int found = row == nullptr ? std::min(0, last) : std::min(m_selected, last);
    if (row != nullptr && found >= 0 &&
        m_value.rows[static_cast<std::size_t>(found)]->same != row->same) {
        const auto at = std::find_if(m_value.rows.begin(), m_value.rows.end(),
                                     [&](const auto& each) { return each->same == row->same; });
        found = at == m_value.rows.end() ? found : static_cast<int>(at - m_value.rows.begin());
    }
    m_selected = found;
    Q_EMIT valueChanged();
    const auto after = chosenBytes();
    const bool isSame = before != nullptr && after != nullptr && *before == *after;
    isSame ? void(Q_EMIT decodedChanged()) : decode();
}

void OpenKey::readFurther() {
    if (std::exchange(m_moreWanted, false) && canLoadMore()) {
        read(true);
    } else if (m_again && m_key && !m_againSoon.isActive()) {
        const Duration rest = std::max<Duration>(kRest, m_lastTook * kRestFactor);
        const Duration left = rest - (m_clock.now() - m_lastRead);
        m_againSoon.start(std::max(std::chrono::duration_cast<std::chrono::milliseconds>(left),
                                   std::chrono::milliseconds{0}));
    }
}

std::shared_ptr<const std::string> OpenKey::chosenBytes() const {
    if (m_value.stage != Stage::present) {
        return nullptr;
    }
    if (m_value.isString()) {
        return m_value.bytes;
    }
    if (m_selected < 0) {
        return nullptr;
    }
    const auto& row = m_value.rows[static_cast<std::size_t>(m_selected)];
    const std::string* bytes = row->bytes(m_value.head.type);
    return bytes == nullptr ? nullptr : std::shared_ptr<const std::string>(row, bytes);
}

void OpenKey::setFormat(std::optional<inspect::ValueFormat> format) {
    if (m_format != format) {
        m_format = format;
        decode();
    }
}

void OpenKey::select(int element) {
    const int wanted = std::clamp(element, -1, static_cast<int>(m_value.rows.size()) - 1);
    if (wanted != m_selected) {
        m_selected = wanted;
        decode();
    }
}

void OpenKey::decode() {
    const auto bytes = chosenBytes();
    const auto row = m_selected >= 0 ? m_value.rows[static_cast<std::size_t>(m_selected)] : nullptr;
    if (bytes == nullptr && row == nullptr) {
        m_decode.cancel();
        m_decoded = DecodedText{};
        Q_EMIT decodedChanged();
        return;
    }
    const bool isWhole = !m_value.isString() || (m_value.from == 0 && !m_value.next);
    const bool isMiddle = m_value.isString() && m_value.from > 0;
    m_decode.ask(
        [this, bytes, row, isWhole, isMiddle, format = m_format](const LatestTask::Turn& turn) {
            DecodedText text;
            if (bytes != nullptr) {
                const std::string_view shown =
                    isMiddle ? fromALetter(*bytes) : std::string_view{*bytes};
                inspect::DecodeOptions options{.format = format, .isWhole = isWhole};
                options.limits.textBytes = static_cast<std::size_t>(DecodedTexts::kMostHex);
                text = DecodedTexts::of(inspect::decodeValue(shown, options));
            } else {
                text = decodeElement(row->element, format);
            }
            turn.tell([this, text = std::move(text)] {
                m_decoded = text;
                Q_EMIT decodedChanged();
            });
        });
    Q_EMIT decodedChanged();
}

std::optional<Duration> OpenKey::remaining() const {
    if (m_value.stage != Stage::present || !m_value.head.ttl) {
        return std::nullopt;
    }
    return std::max(*m_value.head.ttl - (m_clock.now() - m_value.head.readAt), Duration{});
}

double OpenKey::remainingShare() const {
    const auto left = remaining();
    return left && m_longestLeft > Duration{} ? seconds(*left) / seconds(m_longestLeft) : 0;
}

void OpenKey::tick() {
    if (m_watched && remaining() == Duration{} && !m_value.isOld && !m_read.busy()) {
        refresh();
    }
    if (const Watching now = watching(); now != m_lastWatching) {
        m_lastWatching = now;
        Q_EMIT watchingChanged();
    }
}

void OpenKey::save(const QString& path) {
    const auto bytes = chosenBytes();
    if (bytes == nullptr || m_save.busy()) {
        return;
    }
    const bool isWhole = !m_value.isString() || (m_value.from == 0 && !m_value.next);
    m_save.ask([this, path, asked = question(0, false),
                own = isWhole ? bytes : nullptr](const LatestTask::Turn& turn) {
        const auto written = saveValue(asked, own, path, turn.stopToken());
        const QString failure = written ? QString() : ErrorText(written.error()).oneLine();
        turn.tell([this, path, failure] { Q_EMIT saved(path, failure); });
    });
}

void OpenKey::watchSoon() {
    m_watch.reset();
    ++m_watchNumber;
    if (m_watched && m_key) {
        m_watchSoon.start();
    } else {
        m_watchSoon.stop();
    }
    tick();
}

void OpenKey::watch() {
    if (!m_key || m_key->server >= m_link->size()) {
        return;
    }
    const inspect::InspectLink::Server& server = m_link->server(m_key->server);
    m_watch = std::make_unique<inspect::KeyWatch>(server.address, server.guard, m_key->name,
                                                  [this, number = m_watchNumber] {
                                                      QMetaObject::invokeMethod(
                                                          this,
                                                          [this, number] {
                                                              if (number == m_watchNumber) {
                                                                  told();
                                                              }
                                                          },
                                                          Qt::QueuedConnection);
                                                  });
    tick();
}

void OpenKey::told() {
    m_again = true;
    if (!m_read.busy()) {
        readFurther();
    }
    tick();
}

OpenKey::Watching OpenKey::watching() const {
    if (m_watch == nullptr) {
        return m_watchSoon.isActive() ? Watching::starting : Watching::off;
    }
    const auto status = m_watch->status();
    if (status.isWatching) {
        return Watching::on;
    }
    const bool isFinal = status.failure && (status.failure->code() == ErrorCode::unsupported ||
                                            status.failure->code() == ErrorCode::noPermission ||
                                            status.failure->code() == ErrorCode::authentication);
    return isFinal ? Watching::refused : Watching::starting;
}

std::optional<Error> OpenKey::watchFailure() const {
    return m_watch == nullptr ? std::nullopt : m_watch->status().failure;
}

}  // namespace cachescope::ui
