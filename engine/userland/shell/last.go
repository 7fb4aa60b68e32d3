package shell

import "mvdan.cc/sh/v3/syntax"

// lastCommands are the simple commands of a -c text after which the shell has
// nothing left to do. A shell does not fork for such a one: it becomes the program,
// as dash, busybox and bash do. So process 1 of `sh -c "a; b"` is b, which then
// gets the signals.
func lastCommands(statements []*syntax.Stmt) map[*syntax.CallExpr]bool {
	found := map[*syntax.CallExpr]bool{}
	markLast(statements, found)
	return found
}

func markLast(statements []*syntax.Stmt, found map[*syntax.CallExpr]bool) {
	if len(statements) == 0 {
		return
	}
	last := statements[len(statements)-1]
	if last.Background || last.Negated || last.Coprocess {
		return
	}
	if call, ok := last.Cmd.(*syntax.CallExpr); ok {
		found[call] = true
		return
	}
	if len(last.Redirs) > 0 { // those of a compound command are undone after it
		return
	}
	switch c := last.Cmd.(type) {
	case *syntax.Block:
		markLast(c.Stmts, found)
	case *syntax.BinaryCmd:
		if c.Op == syntax.AndStmt || c.Op == syntax.OrStmt {
			markLast([]*syntax.Stmt{c.Y}, found)
		}
	case *syntax.IfClause:
		for branch := c; branch != nil; branch = branch.Else {
			markLast(branch.Then, found)
		}
	case *syntax.CaseClause:
		for _, item := range c.Items {
			if item.Op == syntax.Break {
				markLast(item.Stmts, found)
			}
		}
	}
}

// becomes says whether the shell is to become the program of a command instead of
// waiting for it. A shell with a trap has to be there when it is due.
func (in *interpreter) becomes(command *syntax.CallExpr, name string) bool {
	return in.last[command] && len(in.traps) == 0 && !in.interactive && in.functions[name] == nil && builtinOf(name) == nil
}
