package overlay

import (
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// registration is how a package of k8s.io/kubernetes/pkg/apis adds its functions
// to the scheme.
const registration = "localSchemeBuilder.Register("

// A reduction collects what is to be deleted from one Go file.
type reduction struct {
	source []byte
	file   *ast.File
	set    *token.FileSet
	spans  [][2]int // byte offsets
}

func newReduction(source []byte) (*reduction, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &reduction{source: source, file: file, set: set}, nil
}

// drop deletes from a node, or from its doc comment, to the end of the node.
func (r *reduction) drop(node ast.Node, doc *ast.CommentGroup) {
	from := node.Pos()
	if doc != nil {
		from = doc.Pos()
	}
	r.spans = append(r.spans, [2]int{r.set.Position(from).Offset, r.set.Position(node.End()).Offset})
}

func (r *reduction) result() ([]byte, error) {
	slices.SortFunc(r.spans, func(a, b [2]int) int { return a[0] - b[0] })
	var kept []byte
	at := 0
	for _, span := range r.spans {
		if span[0] < at {
			continue // inside what is deleted already
		}
		kept = append(kept, r.source[at:span[0]]...)
		at = span[1]
	}
	return format.Source(append(kept, r.source[at:]...))
}

// withoutKnownTypes deletes the registration of a version's own types from the
// addKnownTypes of a package of k8s.io/api.
func withoutKnownTypes(source []byte) ([]byte, error) {
	r, err := newReduction(source)
	if err != nil {
		return nil, err
	}
	for _, declaration := range r.file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Name.Name != "addKnownTypes" {
			continue
		}
		for _, statement := range function.Body.List {
			if called(statement) == "scheme.AddKnownTypes" {
				r.drop(statement, nil)
			}
		}
	}
	if len(r.spans) != 1 {
		return nil, fmt.Errorf("%d calls of AddKnownTypes in addKnownTypes, want 1", len(r.spans))
	}
	return r.result()
}

// withoutRegistration deletes the init functions that register a version's
// conversions, defaults and validation.
func withoutRegistration(source []byte) ([]byte, error) {
	r, err := newReduction(source)
	if err != nil {
		return nil, err
	}
	for _, declaration := range r.file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Name.Name != "init" || function.Recv != nil {
			continue
		}
		for _, statement := range function.Body.List {
			if called(statement)+"(" != registration {
				return nil, errors.New("an init function does more than to register")
			}
		}
		r.drop(function, function.Doc)
	}
	if len(r.spans) == 0 {
		return nil, errors.New("no init function registers")
	}
	return r.result()
}

// called returns the function that a call statement calls, "" for any other statement.
func called(statement ast.Stmt) string {
	expression, ok := statement.(*ast.ExprStmt)
	if !ok {
		return ""
	}
	call, ok := expression.X.(*ast.CallExpr)
	if !ok {
		return ""
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	owner, ok := selector.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return owner.Name + "." + selector.Sel.Name
}

// withoutPackages deletes everything that names one of the packages: imports,
// functions by their signature, methods of interfaces, fields, cases and
// statements.
func withoutPackages(source []byte, packages []string) ([]byte, error) {
	r, err := newReduction(source)
	if err != nil {
		return nil, err
	}
	names, err := r.dropImports(packages)
	if err != nil {
		return nil, err
	}
	ast.Inspect(r.file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			if mentions(node.Type, names) {
				r.drop(node, node.Doc)
				return false
			}
		case *ast.InterfaceType:
			r.dropFields(node.Methods, names)
		case *ast.StructType:
			r.dropFields(node.Fields, names)
		case *ast.CaseClause:
			for _, expression := range node.List {
				if mentions(expression, names) {
					r.drop(node, nil)
					return false
				}
			}
		case *ast.AssignStmt:
			if mentions(node, names) {
				r.drop(node, nil)
			}
		}
		return true
	})
	return r.result()
}

// withoutFunction deletes a function, the entries of tables that name it, and the imports
// that nothing else in the file needs.
func withoutFunction(source []byte, name string, packages []string) ([]byte, error) {
	r, err := newReduction(source)
	if err != nil {
		return nil, err
	}
	if _, err := r.dropImports(packages); err != nil {
		return nil, err
	}
	found := false
	ast.Inspect(r.file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			if node.Recv == nil && node.Name.Name == name {
				r.drop(node, node.Doc)
				found = true
				return false
			}
		case *ast.KeyValueExpr:
			if value, ok := node.Value.(*ast.Ident); ok && value.Name == name {
				r.drop(node, nil)
				r.spans[len(r.spans)-1][1]++ // the comma
			}
		}
		return true
	})
	if !found {
		return nil, fmt.Errorf("no function %s", name)
	}
	return r.result()
}

// withoutDefinitions deletes the OpenAPI definitions of the packages' types:
// their entries in the table, and the functions that name the types.
func withoutDefinitions(source []byte, packages []string) ([]byte, error) {
	r, err := newReduction(source)
	if err != nil {
		return nil, err
	}
	names, err := r.dropImports(packages)
	if err != nil {
		return nil, err
	}
	for _, declaration := range r.file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if function.Name.Name != "GetOpenAPIDefinitions" {
			if mentions(function.Body, names) {
				r.drop(function, function.Doc)
			}
			continue
		}
		ast.Inspect(function.Body, func(node ast.Node) bool {
			if entry, ok := node.(*ast.KeyValueExpr); ok && mentions(entry.Key, names) {
				r.drop(entry, nil)
				r.spans[len(r.spans)-1][1]++ // the comma
			}
			return true
		})
	}
	return r.result()
}

// dropImports deletes the imports of the packages, all of which must be there, and
// returns the names that they have in the file.
func (r *reduction) dropImports(packages []string) (map[string]bool, error) {
	names := map[string]bool{}
	for _, spec := range r.file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(packages, imported) {
			continue
		}
		name := imported[strings.LastIndex(imported, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = true
		r.drop(spec, nil)
	}
	if len(names) != len(packages) {
		return nil, fmt.Errorf("%d of the packages %q are imported, want all", len(names), packages)
	}
	return names, nil
}

func (r *reduction) dropFields(fields *ast.FieldList, names map[string]bool) {
	for _, field := range fields.List {
		if mentions(field.Type, names) {
			r.drop(field, field.Doc)
		}
	}
}

// mentions says whether a node names one of the packages.
func mentions(node ast.Node, names map[string]bool) bool {
	found := false
	ast.Inspect(node, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if owner, ok := selector.X.(*ast.Ident); ok && names[owner.Name] {
				found = true
			}
		}
		return !found
	})
	return found
}
