// What pages of the documentation do beyond being read. Without it everything can still be read and printed.
import "virtual:tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/article.css";
import "./styles/reference.css";
import "./styles/search.css";
import "./styles/print.css";
import { startContents } from "./contents";
import { startCopying } from "./copying";
import { startFeedback } from "./feedback";
import { startLanguage } from "./language";
import { startMenu } from "./menu";
import { startReader } from "./reader";
import { startSearch } from "./search";
import { startTabs } from "./tabs";
import { startTheme } from "./theme";

startLanguage();
startTheme();
startMenu();
startTabs();
startCopying();
startContents();
startSearch();
startFeedback();
void startReader();
