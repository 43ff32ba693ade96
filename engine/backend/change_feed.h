// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string_view>

namespace cachescope {

/// Who wants to know what others changed in a shared store.
///
/// Called by the feed's thread, one call at a time; each call must be quick and must not call the
/// store.
class ChangeListener {
public:
    virtual ~ChangeListener() = default;

    /// The key was set, erased or given another deadline.
    virtual void changed(std::string_view key) = 0;
    /// Any key may have been changed.
    virtual void everythingChanged() = 0;

protected:
    ChangeListener() = default;
    ChangeListener(const ChangeListener&) = default;
    ChangeListener& operator=(const ChangeListener&) = default;
};

/// Tells a listener what others changed in a shared store, for who keeps copies of it.
///
/// While isWhole() says yes, every change that was made more than a short, stated time ago has been
/// told. When it begins and ends to say so, everythingChanged() is called: at the end after it, at
/// the beginning before it. So a copy that was read from the store between two calls, while
/// isWhole(), and of which changed() has not spoken since, is as good as the store. It may also say
/// no for a while, without a call, where nothing was lost but nobody can be sure yet. The listener
/// must outlive the feed. isWhole() may be asked from any thread, and is quick.
class ChangeFeed {
public:
    virtual ~ChangeFeed() = default;
    ChangeFeed(const ChangeFeed&) = delete;
    ChangeFeed& operator=(const ChangeFeed&) = delete;

    virtual bool isWhole() const noexcept = 0;

protected:
    ChangeFeed() = default;
};

/// Begins to tell a listener.
using ChangeFeedMaker = std::function<std::unique_ptr<ChangeFeed>(ChangeListener&)>;

}  // namespace cachescope
