namespace Attune.Text.ChatTemplates;

/// <summary>Reads tokens into nodes: this half the statements, <c>ExpressionParser</c> the expressions.</summary>
internal sealed class Parser
{
    private readonly TokenStream tokens;
    private readonly ExpressionParser expressions;
    private readonly Dictionary<string, BlockStatement> blocks = [];
    private int nesting;

    // Loops around the statement within the same function: break and continue need one.
    private int loops;

    // Loops around the statement, however far out: inside one, 'loop' cannot be assigned.
    private int loopsAnywhere;

    private Parser(string source, string place)
    {
        tokens = new TokenStream(Lexer.Read(source, place), place);
        expressions = new ExpressionParser(tokens);
    }

    public static (IReadOnlyList<Statement> Body, IReadOnlyDictionary<string, BlockStatement> Blocks) Read(string source, string place)
    {
        var parser = new Parser(source, place);
        List<Statement> body = parser.Body();
        parser.expressions.RefuseUnknown(0);
        return (body, parser.blocks);
    }

    // Statements up to a tag with one of these names, which is then the next token; without names, up to the template's end.
    private List<Statement> Body(params string[] ends)
    {
        var body = new List<Statement>();
        var output = new List<Expression>();
        while (tokens.Current.Kind != TokenKind.End)
        {
            Token token = tokens.Next();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    output.Add(new TextLiteral(token.Line, token.Text));
                    break;
                case TokenKind.VariableBegin:
                    output.Add(expressions.Tuple());
                    tokens.Expect(TokenKind.VariableEnd);
                    break;
                default:
                    Flush(token.Line);
                    if (tokens.Current.Kind == TokenKind.Name && ends.Contains(tokens.Current.Text))
                    {
                        return body;
                    }

                    body.Add(ReadStatement());
                    tokens.Expect(TokenKind.BlockEnd);
                    break;
            }
        }

        if (ends.Length > 0)
        {
            throw tokens.Fail($"the template ends where {string.Join(" or ", ends.Select(end => $"'{end}'"))} is missing");
        }

        Flush(tokens.Current.Line);
        return body;

        void Flush(int line)
        {
            if (output.Count > 0)
            {
                body.Add(new OutputStatement(line, [.. output]));
                output.Clear();
            }
        }
    }

    private Statement ReadStatement()
    {
        if (++nesting > Limits.Nesting)
        {
            throw tokens.Fail($"blocks are nested more than {Limits.Nesting} deep");
        }

        Token tag = tokens.Expect(TokenKind.Name);
        Statement statement = tag.Text switch
        {
            "if" => If(tag.Line),
            "for" => For(tag.Line),
            "set" => Set(tag.Line),
            "macro" => Macro(tag.Line),
            "call" => Call(tag.Line),
            "filter" => Filter(tag.Line),
            "generation" => new GenerationStatement(tag.Line, Definition("caller", [], "endgeneration")),
            "with" => With(tag.Line),
            "print" => Print(tag.Line),
            "autoescape" => new AutoescapeStatement(tag.Line, expressions.Expression(), Scoped("endautoescape")),
            "block" => Block(tag.Line),
            "break" or "continue" => Jump(tag),
            "include" or "import" or "from" or "extends" => Refused(tag),
            _ => throw tokens.Fail($"unknown tag '{tag.Text}'"),
        };
        nesting--;
        return statement;
    }

    private IfStatement If(int line)
    {
        int unknown = expressions.UnknownCount;
        var branches = new List<(Expression Test, IReadOnlyList<Statement> Body)>();
        List<Statement> otherwise = [];
        string end;
        do
        {
            Expression test = expressions.Tuple(withConditional: false);
            EndOfTag();
            branches.Add((test, Body("elif", "else", "endif")));
            end = tokens.Next().Text;
        }
        while (end == "elif");
        if (end == "else")
        {
            EndOfTag();
            otherwise = Body("endif");
            tokens.Next();
        }

        // A filter that does not exist is an error here only where the branch is taken.
        expressions.ForgiveUnknown(unknown);
        return new IfStatement(line, branches, otherwise);
    }

    private ForStatement For(int line)
    {
        Target target = expressions.Target(endsWithIn: true);
        if (!tokens.SkipName("in"))
        {
            throw tokens.Fail("expected 'in'");
        }

        Expression iterable = expressions.Tuple(withConditional: false, endName: "recursive");
        Expression? test = tokens.SkipName("if") ? expressions.Expression() : null;
        bool recursive = tokens.SkipName("recursive");
        int unknown = expressions.UnknownCount;
        EndOfTag();
        loops++;
        loopsAnywhere++;
        RefuseLoop(target, line);
        List<Statement> body = Body("endfor", "else");
        loops--;
        List<Statement> otherwise = [];
        if (tokens.Next().Text == "else")
        {
            EndOfTag();
            otherwise = Body("endfor");
            tokens.Next();
        }

        loopsAnywhere--;
        expressions.RefuseUnknown(unknown);
        return new ForStatement(line, target, iterable, test, recursive, body, otherwise);
    }

    private Statement Set(int line)
    {
        Target target = expressions.Target(withNamespace: true);
        RefuseLoop(target, line);
        if (tokens.SkipOperator("="))
        {
            return new SetStatement(line, target, expressions.Tuple());
        }

        FilterExpression? filter = expressions.Filters(null) as FilterExpression;
        return new SetBlockStatement(line, target, filter, Scoped("endset"));
    }

    private MacroStatement Macro(int line)
    {
        string name = tokens.Expect(TokenKind.Name).Text;
        RefuseLoop(new NameTarget(name), line);
        return new MacroStatement(line, Definition(name, Parameters(), "endmacro"));
    }

    private CallStatement Call(int line)
    {
        var parameters = tokens.Current.IsOperator("(") ? Parameters() : [];
        CallExpression call = expressions.Expression() as CallExpression ?? throw tokens.Fail("'call' needs a call");
        return new CallStatement(line, call, Definition("caller", parameters, "endcall"));
    }

    private MacroDefinition Definition(string name, List<(string Name, Expression? Default)> parameters, string end)
    {
        HashSet<string> outerNames = expressions.Names;
        expressions.Names = [];
        List<Statement> body = Function(end);
        HashSet<string> names = expressions.Names;
        expressions.Names = outerNames;
        outerNames.UnionWith(names);
        if (names.Contains("caller") && parameters.Any(parameter => parameter is { Name: "caller", Default: null }))
        {
            throw tokens.Fail("the parameter 'caller' needs a default");
        }

        bool Takes(string special) => names.Contains(special) && !parameters.Any(parameter => parameter.Name == special);
        return new MacroDefinition
        {
            Name = name,
            Parameters = parameters,
            Body = body,
            UsesCaller = names.Contains("caller"),
            UsesKwargs = Takes("kwargs"),
            UsesVarargs = Takes("varargs"),
        };
    }

    private List<(string Name, Expression? Default)> Parameters()
    {
        var parameters = new List<(string Name, Expression? Default)>();
        tokens.ExpectOperator("(");
        while (!tokens.SkipOperator(")"))
        {
            if (parameters.Count > 0)
            {
                tokens.ExpectOperator(",");
            }

            string name = tokens.Expect(TokenKind.Name).Text;
            Expression? fallback = tokens.SkipOperator("=") ? expressions.Expression() : null;
            if (fallback is null && parameters.Count > 0 && parameters[^1].Default is not null)
            {
                throw tokens.Fail($"the parameter '{name}' needs a default, for the one before it has one");
            }

            if (ExpressionParser.IsConstant(name) || parameters.Any(parameter => parameter.Name == name))
            {
                throw tokens.Fail($"'{name}' cannot be a parameter here");
            }

            parameters.Add((name, fallback));
        }

        return parameters;
    }

    private FilterStatement Filter(int line)
    {
        int unknown = expressions.UnknownCount;
        var filter = (FilterExpression)expressions.Filters(null, first: true)!;
        expressions.RefuseUnknown(unknown);
        return new FilterStatement(line, filter, Scoped("endfilter"));
    }

    private WithStatement With(int line)
    {
        var assignments = new List<(Target Target, Expression Value)>();
        while (tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (assignments.Count > 0)
            {
                tokens.ExpectOperator(",");
            }

            Target target = expressions.Target();
            tokens.ExpectOperator("=");
            assignments.Add((target, expressions.Expression()));
        }

        return new WithStatement(line, assignments, Scoped("endwith"));
    }

    private OutputStatement Print(int line)
    {
        var parts = new List<Expression>();
        while (tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (parts.Count > 0)
            {
                tokens.ExpectOperator(",");
            }

            parts.Add(expressions.Expression());
        }

        return new OutputStatement(line, parts);
    }

    private BlockStatement Block(int line)
    {
        string name = tokens.Expect(TokenKind.Name).Text;
        var block = new BlockStatement(line, name, tokens.SkipName("scoped"), tokens.SkipName("required"));
        if (!blocks.TryAdd(name, block))
        {
            throw tokens.Fail($"the block '{name}' is defined twice");
        }

        block.Body = Function("endblock");
        tokens.SkipName(name);
        return block;
    }

    private JumpStatement Jump(Token tag) => loops > 0 ? new JumpStatement(tag.Line, tag.Text == "break" ? Flow.Break : Flow.Continue)
        : throw tokens.Fail($"'{tag.Text}' outside of a loop");

    private RefusedStatement Refused(Token tag)
    {
        while (tokens.Current.Kind is not (TokenKind.BlockEnd or TokenKind.End))
        {
            tokens.Next();
        }

        return new RefusedStatement(tag.Line, tag.Text);
    }

    // A body with its own scope.
    private List<Statement> Scoped(string end)
    {
        int unknown = expressions.UnknownCount;
        EndOfTag();
        List<Statement> body = Body(end);
        tokens.Next();
        expressions.RefuseUnknown(unknown);
        return body;
    }

    // A body that runs as a function of its own: it cannot break a loop around it.
    private List<Statement> Function(string end)
    {
        int outer = loops;
        loops = 0;
        List<Statement> body = Scoped(end);
        loops = outer;
        return body;
    }

    private void EndOfTag()
    {
        tokens.SkipOperator(":");
        tokens.Expect(TokenKind.BlockEnd);
    }

    private void RefuseLoop(Target target, int line)
    {
        if (loopsAnywhere > 0 && expressions.Assigns(target, "loop"))
        {
            throw tokens.Fail("'loop' cannot be assigned inside a loop", line);
        }
    }
}
