// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/inspect/key_changes.h"
#include "ui/model/key_marks.h"
#include "ui/model/keyspace.h"
#include "ui/model/latest_task.h"

namespace cachescope::ui {

/// Gathers what becomes known of single keys after they were read: what runs have changed, and how
/// the open key turns out to be.
///
/// Marks belong to one keyspace: a new one, by its number, begins without any. Keys of a run are
/// looked up on another thread, by the numbers that their targets have, otherwise by name; asks no
/// server. GUI thread.
class KeyMarkBook : public QObject {
    Q_OBJECT

public:
    /// A key as it is now.
    struct Seen {
        bool exists = false;
        std::int64_t expiry = inspect::kNoExpiry;
        std::string type;  ///< empty: not known
        std::uint64_t bytes = inspect::kSizeUnknown;
        bool isEstimate = false;  ///< of the bytes, from some elements
        std::int64_t now = 0;     ///< when, on the server's clock
    };

    explicit KeyMarkBook(QObject* parent = nullptr);

    /// Another number than before, or null: all marks go.
    void setKeyspace(std::shared_ptr<const Keyspace> keyspace);
    const std::shared_ptr<const Keyspace>& keyspace() const { return m_keyspace; }
    const KeyMarks& marks() const { return m_marks; }

    /// A run that has ended, at `now` on the server's clock; runTaken() follows.
    void take(std::shared_ptr<const inspect::ChangeRun> run, std::int64_t now);
    /// Of a key that the keyspace does not have, nothing is noted.
    void see(const KeyRef& key, const Seen& seen);

Q_SIGNALS:
    void marksChanged();
    /// marks() has what a run has done.
    void runTaken();

private:
    struct Sought {
        KeyRef key;
        Seen seen;
    };

    void lookUp();
    void note(std::uint32_t number, const Seen& seen);
    void setMarks(KeyMarks marks);

    std::shared_ptr<const Keyspace> m_keyspace;
    KeyMarks m_marks;
    std::vector<std::shared_ptr<const inspect::ChangeRun>> m_runs;  // that are being taken
    std::vector<std::pair<std::uint32_t, KeyMark>> m_since;         // noted meanwhile
    std::optional<Sought> m_sought;
    // The last key that was looked up, and its number in a view of so many keys.
    std::string m_foundName;
    std::uint32_t m_found = inspect::kNoKeyNumber;
    std::size_t m_foundAmong = 0;
    LatestTask m_taking;
    LatestTask m_lookUp;
};

}  // namespace cachescope::ui
