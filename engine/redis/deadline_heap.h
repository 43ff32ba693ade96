// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "engine/core/clock.h"

namespace cachescope {

/// Which of many things is due first, where most are taken out before they are due.
///
/// A binary heap in which every element knows its place: T has a member `heapPlace`, for this class
/// alone. Adding and removing take O(log n) steps; to add what is due last, as most are, takes one.
/// Owns nothing. One thread.
template <class T>
class DeadlineHeap {
public:
    static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

    bool empty() const noexcept { return m_nodes.empty(); }
    /// When the first one is due; kNever when there is none.
    TimePoint next() const noexcept { return m_nodes.empty() ? kNever : m_nodes.front().due; }
    T& first() const noexcept { return *m_nodes.front().item; }

    /// What is due never is not kept.
    void add(T& item, TimePoint due) {
        item.heapPlace = kNowhere;
        if (due != kNever) {
            m_nodes.push_back({due, &item});
            rise(m_nodes.size() - 1);
        }
    }

    /// Does nothing for what is not in it.
    void remove(T& item) noexcept {
        const std::size_t place = std::exchange(item.heapPlace, kNowhere);
        if (place == kNowhere) {
            return;
        }
        const Node last = m_nodes.back();
        m_nodes.pop_back();
        if (place == m_nodes.size()) {
            return;
        }
        put(place, last);
        rise(sink(place));
    }

private:
    struct Node {
        TimePoint due;
        T* item;
    };

    void put(std::size_t place, Node node) noexcept {
        node.item->heapPlace = place;
        m_nodes[place] = node;
    }

    void rise(std::size_t place) noexcept {
        const Node node = m_nodes[place];
        while (place > 0 && node.due < m_nodes[(place - 1) / 2].due) {
            put(place, m_nodes[(place - 1) / 2]);
            place = (place - 1) / 2;
        }
        put(place, node);
    }

    std::size_t sink(std::size_t place) noexcept {
        const Node node = m_nodes[place];
        for (;;) {
            std::size_t child = 2 * place + 1;
            if (child + 1 < m_nodes.size() && m_nodes[child + 1].due < m_nodes[child].due) {
                ++child;
            }
            if (child >= m_nodes.size() || !(m_nodes[child].due < node.due)) {
                break;
            }
            put(place, m_nodes[child]);
            place = child;
        }
        put(place, node);
        return place;
    }

    std::vector<Node> m_nodes;
};

}  // namespace cachescope
