/**
 * The manifest of a package for a school's system, imsmanifest.xml: elements, attributes
 * and their order are those of the IMS Content Packaging schemas with ADL's additions, of
 * SCORM 1.2 (imscp_rootv1p1p2, adlcp_rootv1p2) and of SCORM 2004, 4th edition
 * (imscp_v1p1, adlcp_v1p3, imsss_v1p0).
 */

const escaped = (text) =>
  text.replace(/[&<>"]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[one]);

/** What the versions write in different ways. */
const VERSIONS = {
  1.2: {
    namespaces: {
      xmlns: "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
      "xmlns:adlcp": "http://www.adlnet.org/xsd/adlcp_rootv1p2",
    },
    schemaVersion: "1.2",
    kind: "adlcp:scormtype",
    sequencing: { item: "", organization: "" },
  },
  2004: {
    namespaces: {
      xmlns: "http://www.imsglobal.org/xsd/imscp_v1p1",
      "xmlns:adlcp": "http://www.adlnet.org/xsd/adlcp_v1p3",
      "xmlns:imsss": "http://www.imsglobal.org/xsd/imsss",
    },
    schemaVersion: "2004 4th Edition",
    kind: "adlcp:scormType",
    sequencing: {
      // The lesson tells by itself whether it is done.
      item: `
        <imsss:sequencing>
          <imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/>
        </imsss:sequencing>`,
      // Learners choose, and go on from one to the next.
      organization: `
      <imsss:sequencing>
        <imsss:controlMode choice="true" flow="true"/>
      </imsss:sequencing>`,
    },
  },
};

/**
 * `files` are the paths of all files of the package but the manifest. The lessons share
 * one page, which is told by its address which one it shows.
 */
export function manifestOf(version, { id, title, lessons, files }) {
  const known = VERSIONS[version];
  if (known === undefined) {
    throw new RangeError(`no SCORM ${version}; there are ${Object.keys(VERSIONS).join(" and ")}`);
  }
  const namespaces = Object.entries(known.namespaces)
    .map(([name, value]) => `${name}="${value}"`)
    .join(" ");
  const items = lessons.map(
    (lesson) => `
      <item identifier="lesson.${escaped(lesson.id)}" identifierref="page" isvisible="true" parameters="?lesson=${encodeURIComponent(lesson.id)}">
        <title>${escaped(lesson.title)}</title>${known.sequencing.item}
      </item>`,
  );
  const contents = files.map(
    (file) => `
      <file href="${escaped(file.split("/").map(encodeURIComponent).join("/"))}"/>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="${escaped(id)}" version="1.0" ${namespaces}>
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>${known.schemaVersion}</schemaversion>
  </metadata>
  <organizations default="lessons">
    <organization identifier="lessons">
      <title>${escaped(title)}</title>${items.join("")}${known.sequencing.organization}
    </organization>
  </organizations>
  <resources>
    <resource identifier="page" type="webcontent" ${known.kind}="sco" href="index.html">${contents.join("")}
    </resource>
  </resources>
</manifest>
`;
}
