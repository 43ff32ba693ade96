// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/arch/qt_names.h"

#include <cctype>
#include <regex>

namespace cachescope::arch {

bool isQt(const std::string& included) {
    return included.size() > 1 && included[0] == 'Q' &&
           (std::isupper(static_cast<unsigned char>(included[1])) != 0 || included[1] == 't');
}

bool isQtCharts(const std::string& included) {
    static const std::regex kName{
        "(QtCharts.*|Q(Polar)?Chart(View|Global)?|Q[A-Za-z]*(Series|Axis|LegendMarker|ModelMapper)"
        "|QLegend|QBarSet|QBoxSet|QCandlestickSet|QPieSlice|QXYLegendMarker)"};
    return std::regex_match(included, kName);
}

bool isQtWidgets(const std::string& included) {
    static const std::regex kName{
        "(Qt(OpenGL|Svg)?Widgets.*|QWidget.*|Q(Proxy|Common|Windows)?Style|QStyle(Option|Factory|d"
        "|Painter|Plugin|HintReturn).*|QApplication|QMainWindow|QMdi.*|QWizard.*|QGraphics.*"
        "|Q[A-Za-z]*(Dialog|Button|Box|Bar|Label|Slider|Splitter|SplitterHandle|Delegate|Widget"
        "|Area|Menu|ToolTip|WhatsThis|SizeGrip|SpacerItem|Completer)|Q(List|Table|Tree)Widget.*"
        "|Q(Box|Form|Grid|HBox|VBox|Stacked)?Layout(Item)?|QPlainTextDocumentLayout|QButtonGroup"
        "|QFrame|QFocusFrame|QDial|QRubberBand|Q(AbstractItem|Column|Header|List|Table|Tree|Undo)"
        "View|Q(Line|Text|PlainText|KeySequence|Date|Time|DateTime)Edit|QTextBrowser|QLCDNumber"
        "|QSystemTrayIcon|QScroller.*|QDataWidgetMapper|Q[A-Za-z]*Gesture.*|Q.*ItemEditor.*"
        "|Q(Key|Mouse)EventTransition|QSplashScreen|QErrorMessage|QAccessibleWidget"
        "|QAbstractGraphicsShapeItem|QFileIconProvider|QSizePolicy|QColormap|QTileRules)"};
    return std::regex_match(included, kName);
}

}  // namespace cachescope::arch
