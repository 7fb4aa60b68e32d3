package reading

import "fmt"

// DidYouMean ends a message about a name that is none of those known: with the one that
// it most likely stands for, or with nothing.
func DidYouMean(mistyped string, known []string) string {
	if nearest := Nearest(mistyped, known); nearest != "" {
		return fmt.Sprintf("; did you mean %q?", nearest)
	}
	return ""
}

// longestName is that of names that are compared, in bytes.
const longestName = 200

// Nearest is the known name that a mistyped one most likely stands for: that with the
// fewest slips, of which there may be one for every three characters. It is "" when
// none is like it.
func Nearest(mistyped string, known []string) string {
	nearest, least := "", 0
	for _, name := range known {
		longer, shorter := max(len(mistyped), len(name)), min(len(mistyped), len(name))
		allowed := max(1, longer/3)
		if shorter == 0 || longer-shorter > allowed || longer > longestName {
			continue
		}
		slips := slipsBetween([]rune(mistyped), []rune(name))
		if name != mistyped && slips <= allowed && (nearest == "" || slips < least) {
			nearest, least = name, slips
		}
	}
	return nearest
}

// slipsBetween counts the characters that were left out, added, mistaken or swapped with
// their neighbour: the optimal string alignment distance.
func slipsBetween(from, to []rune) int {
	rows := make([][]int, len(from)+1)
	for i := range rows {
		rows[i] = make([]int, len(to)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(from); i++ {
		for j := 1; j <= len(to); j++ {
			mistaken := rows[i-1][j-1]
			if from[i-1] != to[j-1] {
				mistaken++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, mistaken)
			if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(from)][len(to)]
}
