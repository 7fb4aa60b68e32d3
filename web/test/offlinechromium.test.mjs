import { testOffline } from "./offline.mjs";

testOffline("chromium");
