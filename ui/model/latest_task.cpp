// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/latest_task.h"

#include <utility>

namespace cachescope::ui {

void LatestTask::Turn::tell(std::function<void()> say) const {
    QMetaObject::invokeMethod(
        &m_task,
        [task = &m_task, number = m_number, say = std::move(say)] {
            if (task->m_number.load(std::memory_order_relaxed) == number) {
                say();
            }
        },
        Qt::QueuedConnection);
}

LatestTask::LatestTask(std::string name, QObject* parent)
    : QObject(parent),
      m_worker(std::make_unique<Worker>(
          std::move(name),
          [this](Worker& self, const std::stop_token& stop) { run(self, stop); })) {}

LatestTask::~LatestTask() {
    replace(nullptr);
    m_worker->stop();
}

void LatestTask::ask(Work work) {
    replace(std::move(work));
    m_worker->wake();
    setBusy(true);
}

void LatestTask::cancel() {
    replace(nullptr);
    setBusy(false);
}

void LatestTask::replace(Work work) {
    std::stop_source before;
    {
        const std::lock_guard lock(m_mutex);
        m_next = std::move(work);
        m_number.fetch_add(1, std::memory_order_relaxed);
        before = std::exchange(m_question, {});
    }
    // Not under the lock: who waits for the token runs its callbacks here.
    before.request_stop();
}

void LatestTask::setBusy(bool busy) {
    if (std::exchange(m_busy, busy) != busy) {
        Q_EMIT busyChanged(busy);
    }
}

void LatestTask::run(Worker& self, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        Work work;
        quint64 number = 0;
        std::stop_token asked;
        {
            const std::lock_guard lock(m_mutex);
            work = std::exchange(m_next, nullptr);
            asked = m_question.get_token();
            number = m_number.load(std::memory_order_relaxed);
        }
        if (!work) {
            self.sleep();
            continue;
        }
        const Turn turn(*this, number, std::move(asked));
        work(turn);
        turn.tell([this] { setBusy(false); });
    }
}

}  // namespace cachescope::ui
