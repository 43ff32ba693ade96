// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <string>
#include <vector>

#include "engine/inspect/key_selection.h"

class QComboBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QTimer;

namespace cachescope::ui {

class ElidedLabel;

/// Which keys the table shows: by name, type, what is left of the TTL, size, and the namespace that
/// was chosen beside it, on a chip that can be taken away.
///
/// Follows typing after a moment's rest. What cannot be understood is marked and filters nothing.
/// GUI thread.
class KeyFilterBar : public QWidget {
    Q_OBJECT

public:
    explicit KeyFilterBar(QWidget* parent = nullptr);

    inspect::KeyQuery query() const;
    /// The types that there are; what was chosen stays where it is among them.
    void setTypes(const std::vector<std::string>& types);
    /// `escaped` is how the namespace is shown; an empty prefix takes the chip away, unless
    /// `direct` asks for keys without a namespace.
    void setPrefix(const QString& escaped, const std::string& prefix, bool direct = false);
    bool hasPrefix() const { return !m_prefix.empty() || m_direct; }
    void clear();
    void setStatus(const QString& doing, const QString& count);
    /// Something more to say or to do, beside the count.
    void addToStatus(QWidget* widget, int stretch = 0);
    QLineEdit* pattern() const { return m_pattern; }

Q_SIGNALS:
    void queryChanged();
    /// The person took the chip away.
    void prefixRemoved();
    /// Down or Enter in the filter: on to the table.
    void leftForTable();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void makeControls();
    void applyTtl(inspect::KeyQuery& query) const;
    void typed();

    std::string m_prefix;
    bool m_direct = false;
    QLineEdit* m_pattern;
    QComboBox* m_type;
    QComboBox* m_ttl;
    QLineEdit* m_size;
    QLineEdit* m_span;
    QWidget* m_chip;
    ElidedLabel* m_chipText;
    ElidedLabel* m_doing;
    QLabel* m_count;
    QHBoxLayout* m_status;
    QTimer* m_rest;
};

}  // namespace cachescope::ui
