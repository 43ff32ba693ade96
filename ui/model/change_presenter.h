// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>
#include <functional>
#include <memory>
#include <optional>

#include "engine/core/clock.h"
#include "engine/inspect/inspect_link.h"
#include "engine/inspect/key_changes.h"
#include "ui/model/environment.h"
#include "ui/model/late_end.h"
#include "ui/model/latest_task.h"

namespace cachescope::ui {

/// Which keys are meant, as a person has chosen them.
struct ChangeScope {
    QString title;  ///< "Keys below product:", plain
    /// The pattern or prefix that stands for them, escaped; empty where they were picked singly.
    QString phrase;
    /// Finds them, on another thread; `cancelled` soon when `goOn` says false. Must not be empty.
    std::function<Result<inspect::ChangeTargets>(const std::function<bool()>& goOn)> find;
    std::string separator = ":";

    static ChangeScope of(QString title, QString phrase, inspect::ChangeTargets targets);
};

/// What a change would reach.
struct ChangePreview {
    struct Namespace {
        QString name;
        quint64 keys = 0;
    };

    inspect::ChangeTargets targets;
    quint64 keys = 0;
    quint64 bytes = 0;              ///< of those whose size is known
    quint64 unknownSizes = 0;       ///< keys
    quint64 expired = 0;            ///< whose time is over by what is known of them
    QStringList sample;             ///< twenty names at most, escaped, from all over the keys
    QList<Namespace> namespaces;    ///< most keys first
    std::optional<double> seconds;  ///< that it will take; nothing: the server did not answer
};

/// A change whose TTLs of before can still be brought back.
struct UndoOffer {
    inspect::KeyChange change;
    QString title;   ///< of its scope, plain
    QString phrase;  ///< the same
    quint64 keys = 0;
    TimePoint at{};  ///< when it had ended
};

/// Changes to many keys without their widgets: what they would reach, a confirmation where that is
/// needed, how far they are, and the way back.
///
/// Keys are found and counted on another thread and never copied on this one. What runs goes on
/// while no widget looks, and ends with the connection or with stop(). The way back of the last
/// change that has one stays open, also when other keys are chosen or removed, until it was gone,
/// is given up, or the connection ends. GUI thread.
class ChangePresenter : public QObject {
    Q_OBJECT

public:
    explicit ChangePresenter(QObject* parent = nullptr);
    ~ChangePresenter() override;

    /// Null: disconnected. Stops what runs, and forgets the keys and the way back; problem() says
    /// so where there were some.
    void setLink(std::shared_ptr<const inspect::InspectLink> link);
    bool hasLink() const { return m_link != nullptr; }
    Environment environment() const { return m_environment; }
    void setEnvironment(Environment environment);

    /// What a person calls the cache.
    void setCacheName(const QString& name) { m_cacheName = name; }
    const QString& cacheName() const { return m_cacheName; }

    bool isUnlocked() const { return m_link != nullptr && m_link->isUnlocked(); }
    void setUnlocked(bool unlocked);

    /// previewChanged() follows, at once and when the keys are known. Not while something runs.
    void preview(const ChangeScope& scope, const inspect::KeyChange& change);
    /// Another change of the same keys.
    void setChange(const inspect::KeyChange& change);
    const ChangeScope& scope() const { return m_scope; }
    const inspect::KeyChange& change() const { return m_change; }
    const std::optional<ChangePreview>& preview() const { return m_preview; }
    /// Why there is no preview.
    const QString& problem() const { return m_problem; }
    bool previewing() const { return m_finder.busy() && !m_preview; }

    /// What has to be typed before start(): the pattern, else the number of keys. Empty outside
    /// production.
    QString confirmText() const;
    bool isConfirmedBy(const QString& typed) const;

    /// Nothing happens, and false, unless there are keys, changes are unlocked and `typed`
    /// confirms.
    bool start(const QString& typed = {});
    bool canStart() const;
    void stop();
    bool running() const;
    /// Of the last run, also after its end; nothing before the first one of this scope.
    const std::optional<inspect::ChangeProgress>& progress() const { return m_progress; }
    /// Of progress(); null before. Has ended when changed() or ended() say so.
    std::shared_ptr<const inspect::ChangeRun> run() const { return m_run; }
    bool isUndo() const { return m_isUndo; }
    /// How many keys can have their former TTL back, of the run that progress() is of.
    quint64 undoable() const;
    /// Nothing while something runs.
    std::optional<UndoOffer> undoOffer() const;
    /// The one that ended with a connection, until that has been read or another change begins.
    const std::optional<UndoOffer>& lostUndo() const { return m_lostUndo; }
    void undo();
    /// The offer is not wanted any more, or what became of it has been read.
    void dropUndo();
    /// Whether what runs or ran is a sentence long; empty before.
    QString resultText() const;

Q_SIGNALS:
    void previewChanged();
    void progressChanged();
    /// The run has ended.
    void ended();
    void lockChanged();
    /// The server's keys are others now; `removed`: some are gone.
    void changed(bool removed);

private:
    void look();
    struct Undo {
        UndoOffer offer;
        std::shared_ptr<inspect::ChangeRun> run;  // that is to be undone
    };

    void run(std::shared_ptr<inspect::ChangeRun> run, bool isUndo);
    void setUndo(std::optional<Undo> undo);
    void letGo(std::shared_ptr<inspect::ChangeRun> run);
    void forget();
    QString lostText() const;

    std::shared_ptr<const inspect::InspectLink> m_link;
    Environment m_environment = Environment::production;
    ChangeScope m_scope;
    inspect::KeyChange m_change;
    std::optional<ChangePreview> m_preview;
    QString m_problem;
    std::shared_ptr<inspect::ChangeRun> m_run;  // or what it was
    std::optional<Undo> m_undo;
    std::optional<UndoOffer> m_lostUndo;
    std::optional<inspect::ChangeProgress> m_progress;
    inspect::KeyChange m_ran;
    QString m_cacheName;
    bool m_isUndo = false;
    QTimer m_look;
    LateEnd m_late;
    LatestTask m_undoer;
    LatestTask m_finder;
};

}  // namespace cachescope::ui
