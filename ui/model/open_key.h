// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <memory>
#include <optional>

#include "engine/inspect/key_watch.h"
#include "ui/model/decoded_text.h"
#include "ui/model/latest_task.h"
#include "ui/model/opened_value.h"

namespace cachescope::ui {

/// The one key that a person has opened: what it is, what is in it, and that it stays true.
///
/// Reads on a thread of its own, a part of the value at a time. While the page is shown and a key
/// is open, the server tells when the key changes (inspect::KeyWatch), and what is shown is read
/// again in its place; nothing is polled. Of a key that is gone nothing stays. Never changes
/// anything. Answers about a key never arrive after another one was opened. GUI thread.
class OpenKey : public QObject {
    Q_OBJECT

public:
    /// Whether changes are followed.
    enum class Watching {
        off,       ///< no key is open, or nobody looks
        starting,  ///< or starting anew, after `watchFailure`
        on,
        refused,  ///< the server does not know how, or this user may not: `watchFailure`
    };

    explicit OpenKey(QObject* parent = nullptr,
                     inspect::ValueReaderOptions options = readerOptions(),
                     const Clock& clock = SystemClock::instance());
    ~OpenKey() override;

    /// Closes the key.
    void setLink(std::shared_ptr<const inspect::InspectLink> link);
    void setWatched(bool watched);
    void open(const KeyRef& key);
    void close();
    /// Reads again what is shown.
    void refresh();
    /// One page more of a collection, behind those that are shown.
    void loadMore();
    /// Another window of a string.
    void showBytesFrom(std::uint64_t from);
    /// How the chosen bytes are looked at; nothing: as they seem to be.
    void setFormat(std::optional<inspect::ValueFormat> format);
    /// Which element is looked at; -1: none.
    void select(int element);
    /// What goes by the clock: call it every second while it is shown. A key whose time is over is
    /// read once more.
    void tick();
    /// Writes the chosen bytes, of a string all of them, into a file; saved() follows.
    void save(const QString& path);

    bool isOpen() const { return m_key.has_value(); }
    /// While one is open.
    const std::optional<KeyRef>& key() const { return m_key; }
    const OpenedValue& value() const { return m_value; }
    bool busy() const { return m_read.busy(); }
    bool saving() const { return m_save.busy(); }
    /// Whether loadMore() does something; not at the end, nor beyond what one value may hold here.
    bool canLoadMore() const;
    /// There is more, and no more is held.
    bool isFull() const;
    std::uint64_t windowBytes() const { return m_options.stringBytes; }

    int selected() const { return m_selected; }
    std::optional<inspect::ValueFormat> format() const { return m_format; }
    /// The bytes that are looked at, exactly: the window of a string, or of an element what
    /// ValueRow::bytes() says. Null where there are none.
    std::shared_ptr<const std::string> chosenBytes() const;
    const DecodedText& decoded() const { return m_decoded; }

    /// What is left of its time; nothing where it does not expire.
    std::optional<Duration> remaining() const;
    TimePoint now() const { return m_clock.now(); }
    /// The same as a share of the most that was seen since it was opened, from 0 to 1.
    double remainingShare() const;

    Watching watching() const;
    std::optional<Error> watchFailure() const;

    static inspect::ValueReaderOptions readerOptions();

Q_SIGNALS:
    void keyChanged();      ///< another key, or none
    void valueChanged();    ///< anything of value() or remaining()
    void decodedChanged();  ///< decoded(), selected() or format()
    void watchingChanged();
    void busyChanged();
    /// `failure` is empty where all is written, otherwise a sentence.
    void saved(const QString& path, const QString& failure);

private:
    void read(bool more);
    void ask(ValueQuestion asked);
    void show(OpenedValue value, Duration took);
    void readFurther();
    void clear();
    void decode();
    void watchSoon();
    void watch();
    void told();
    ValueQuestion question(std::uint64_t from, bool more) const;

    const inspect::ValueReaderOptions m_options;
    const Clock& m_clock;
    std::shared_ptr<const inspect::InspectLink> m_link;
    bool m_watched = false;
    std::optional<KeyRef> m_key;
    OpenedValue m_value;
    Duration m_longestLeft{};
    int m_selected = -1;
    std::optional<inspect::ValueFormat> m_format;
    DecodedText m_decoded;

    bool m_again = false;  // to be read again
    bool m_moreWanted = false;
    Duration m_lastTook{};
    TimePoint m_lastRead{};
    QTimer m_againSoon;
    QTimer m_watchSoon;
    Watching m_lastWatching = Watching::off;  // that was told
    LatestTask m_read{"value-read"};
    LatestTask m_decode{"value-decode"};
    LatestTask m_save{"value-save"};
    std::unique_ptr<inspect::KeyWatch> m_watch;  // last: it calls back
    quint64 m_watchNumber = 0;
};

}  // namespace cachescope::ui
