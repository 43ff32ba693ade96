// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "engine/core/worker.h"

namespace cachescope::ui {

/// Work that takes a while, on a thread of its own, of which only the latest question counts.
///
/// A new question takes the place of one that waits, and ends the one under way as soon as that
/// looks at goOn(). What an ended one tells is dropped, so nothing old ever arrives after something
/// new was asked. The destructor ends and joins. GUI thread; Turn belongs to the work.
class LatestTask : public QObject {
    Q_OBJECT

public:
    /// The work's view of its question.
    class Turn {
    public:
        /// Whether the answer is still wanted. Any thread of the work.
        bool goOn() const noexcept { return !m_stop.stop_requested(); }
        /// The same for what waits: requested as soon as the answer is not wanted any more.
        const std::stop_token& stopToken() const noexcept { return m_stop; }
        /// Runs `say` on the GUI thread, in the order of the calls, unless the question is over.
        void tell(std::function<void()> say) const;

    private:
        friend class LatestTask;
        Turn(LatestTask& task, quint64 number, std::stop_token stop)
            : m_task(task), m_number(number), m_stop(std::move(stop)) {}

        LatestTask& m_task;
        quint64 m_number;
        std::stop_token m_stop;
    };
    using Work = std::function<void(const Turn&)>;

    /// `name` is the thread's.
    explicit LatestTask(std::string name, QObject* parent = nullptr);
    ~LatestTask() override;

    void ask(Work work);
    /// Ends the present question without a new one.
    void cancel();
    /// From ask() until the work has returned and all that it told was said, or cancel().
    bool busy() const noexcept { return m_busy; }

Q_SIGNALS:
    void busyChanged(bool busy);

private:
    void run(Worker& self, const std::stop_token& stop);
    void replace(Work work);
    void setBusy(bool busy);

    std::mutex m_mutex;
    Work m_next;
    std::stop_source m_question;       // of the latest question
    std::atomic<quint64> m_number{0};  // of the latest question
    bool m_busy = false;
    std::unique_ptr<Worker> m_worker;
};

}  // namespace cachescope::ui
