export const englishLessons = {
  // The overview
  title: "Lessons",
  courses: { rollouts: "Rollouts" } as Readonly<Record<string, string>>,
  others: "Other lessons",
  lessonsDone: (done: number, all: number) => `${done} of ${all} lessons done`,
  minutes: (minutes: number) => `${minutes} min`,
  after: (titles: string) => `builds on: ${titles}`,
  stepsPassed: (passed: number, all: number) => `${passed} of ${all} steps`,
  done: "done",
  here: "open in this cluster",
  ownCluster: "Your own cluster",
  saveProgress: "Save progress as a file",
  readProgress: "Read progress from a file",
  progressRead: "The progress of the file has been added to yours.",
  noProgress: "This file has no progress of lessons in it.",

  // A lesson
  all: "All lessons",
  waiting: "The cluster is starting. You can read meanwhile.",
  preparing: "The cluster of this lesson is being prepared…",
  elsewhere: "This cluster is not the lesson’s, so the steps are not checked here.",
  openOwn: "Do the lesson in a cluster of its own",
  failed: (message: string) => `The lesson cannot go on: ${message}`,
  notPassed: "The solution does not pass this step as the cluster is now. Begin the step again.",
  noMoment: "The cluster’s history does not reach back that far. Begin the lesson again.",
  stepByStep: "Step by step",
  wholeText: "Whole text",
  goTo: "Go to",
  back: "Back",
  next: "Next",
  place: (place: number, all: number) => `${place} of ${all}`,
  passed: "passed",
  underWay: "under way",
  stepPassed: (title: string) => `Step passed: ${title}`,

  // A step
  goal: "Goal",
  states: { missing: "not yet", met: "met", holding: "so far", broken: "missed" },
  hint: (shown: number, all: number) => (all === 1 ? "Hint" : `Hint ${shown} of ${all}`),
  wrongWay: "Something else happened",
  showMe: "Show me",
  stopShowing: "Stop",
  skip: "Skip",
  skipHere: "Skip to this step",
  work: "Check this step",
  again: "Begin this step again",

  // Predictions
  predict: "Predict",
  guess: "That is my prediction",
  number: "Number",
  up: (what: string) => `Move up: ${what}`,
  guessed: "Noted. You can change it until the step is passed.",
  right: "As you predicted.",
  otherwise: (answer: string) => `It came otherwise: ${answer}`,
  came: (answer: string) => `It came so: ${answer}`,

  // The end, and ways out of a lesson
  over: "You have done this lesson",
  score: (right: number, made: number) => `${right} of ${made} predictions came true.`,
  nextLesson: (title: string) => `Next: ${title}`,
  readOn: "In the Kubernetes documentation",
  resetLesson: "Begin the lesson again",
  resetSure: "Delete this cluster and begin again",
  sandbox: "Try things in a copy of this cluster",
  fastTrack: "Skip all steps",

  // Lessons from outside of the site
  foreign: {
    title: "A lesson of your own",
    intro:
      "Open a lesson from a folder or a zip archive, or drop one here. Nothing of it leaves this computer.",
    folder: "Open a folder",
    archive: "Open a zip archive",
    reading: "Reading the lesson…",
    here: "Opened in this cluster",
    problems: (count: number) =>
      count === 1 ? "1 problem in this lesson" : `${count} problems in this lesson`,
    at: (line: number, column: number) =>
      line === 0 ? "" : column === 0 ? `line ${line}` : `line ${line}, column ${column}`,
    more: (count: number) => `and ${count} more`,
    playable: "The lesson can be begun all the same.",
    unplayable: "The lesson cannot be begun before they are repaired.",
    begin: "Begin it in a cluster of its own",
    beginHere: "Delete what is in this cluster and begin the lesson here",
    refused: {
      plan: "No lesson was found: none of the folders has a file lesson.yaml.",
      large: (files: number, megabytes: number) =>
        `The lesson is too large: at most ${files} files with ${megabytes} MB together are opened.`,
      archive: (file: string) => `${file} is no zip archive, or it is damaged.`,
      text: (file: string) => `${file} cannot be read: it is no text in UTF-8.`,
      unreadable: "The files cannot be read. Were they moved or deleted meanwhile?",
      foreign: (address: string) =>
        `${address} is of another origin. A lesson opens from an address of this site only.`,
      missing: (address: string) => `There is no lesson at ${address}.`,
    },
  },

  // A class
  classroom: {
    ask: "Your teacher can see how far you are, if you agree. Only a name that you choose, the lesson and the number of passed steps are sent, to the computer that serves this page.",
    name: "Name",
    agree: "Let the class see it",
    refuse: "Rather not",
    reporting: (name: string) => `The class sees how far ${name} is.`,
    end: "Stop that",
    failed: "The class cannot be reached. It is tried again with your next step.",
  },
};
