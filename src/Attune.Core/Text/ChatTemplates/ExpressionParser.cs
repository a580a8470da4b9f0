namespace Attune.Text.ChatTemplates;

/// <summary>Reads expressions, from the loosest binding to the tightest: conditional, or, and, not, comparison, sum, ~, product, power, sign, filters.</summary>
internal sealed class ExpressionParser(TokenStream tokens)
{
    private readonly List<(int Line, string Problem)> unknown = [];
    private readonly Dictionary<Target, HashSet<string>> assigned = [];
    private int nesting;

    /// <summary>The variables that were read, for macros to know which special ones they use.</summary>
    public HashSet<string> Names { get; set; } = [];

    /// <summary>How many filters and tests that do not exist were met and neither refused nor forgiven.</summary>
    public int UnknownCount => unknown.Count;

    public static bool IsConstant(string name) => name is "true" or "false" or "none" or "True" or "False" or "None";

    /// <summary>Refuses filters and tests that do not exist, met since there were so many.</summary>
    public void RefuseUnknown(int since)
    {
        if (unknown.Count > since)
        {
            throw tokens.Fail(unknown[since].Problem, unknown[since].Line);
        }
    }

    /// <summary>Leaves those filters and tests to fail where they are used.</summary>
    public void ForgiveUnknown(int since) => unknown.RemoveRange(since, unknown.Count - since);

    /// <summary>Whether this target, made here, assigns that name.</summary>
    public bool Assigns(Target target, string name) => assigned.TryGetValue(target, out HashSet<string>? names) && names.Contains(name);

    public Expression Expression(bool withConditional = true)
    {
        if (++nesting > 2 * Limits.Nesting)
        {
            throw tokens.Fail($"expressions are nested more than {Limits.Nesting} deep");
        }

        Expression expression = withConditional ? Conditional() : Or();
        nesting--;
        return expression;
    }

    /// <summary>Expressions parted by commas are a tuple; one alone is itself.</summary>
    public Expression Tuple(bool withConditional = true, string? endName = null, bool parentheses = false)
    {
        int line = tokens.Current.Line;
        var items = new List<Expression>();
        bool isTuple = false;
        while (!AtTupleEnd(endName))
        {
            items.Add(Expression(withConditional));
            if (!tokens.SkipOperator(","))
            {
                break;
            }

            isTuple = true;
        }

        if (isTuple || (items.Count == 0 && parentheses))
        {
            return new ListExpression(line, items, isTuple: true);
        }

        return items.Count > 0 ? items[0] : throw tokens.Fail($"expected an expression, found {tokens.Current.Describe()}");
    }

    /// <summary>What can be assigned: a name, names parted by commas, and where <paramref name="withNamespace"/> also a namespace's attribute.</summary>
    public Target Target(bool withNamespace = false, bool endsWithIn = false)
    {
        var targets = new List<Target>();
        bool isTuple = false;
        while (!AtTupleEnd(endsWithIn ? "in" : null))
        {
            targets.Add(SingleTarget(withNamespace));
            if (!tokens.SkipOperator(","))
            {
                break;
            }

            isTuple = true;
        }

        return isTuple ? Together(targets) : targets.Count > 0 ? targets[0] : throw tokens.Fail($"expected a name to assign, found {tokens.Current.Describe()}");
    }

    private bool AtTupleEnd(string? endName) => tokens.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd
        || tokens.Current.IsOperator(")") || (endName is not null && tokens.Current.IsName(endName));

    private Target SingleTarget(bool withNamespace)
    {
        if (withNamespace && tokens.Current.Kind == TokenKind.Name && tokens.Ahead.IsOperator(".") && !IsConstant(tokens.Current.Text))
        {
            string name = tokens.Next().Text;
            tokens.Next();
            return new NamespaceTarget(name, tokens.Expect(TokenKind.Name).Text);
        }

        return ToTarget(Primary(isTarget: true));
    }

    private Target ToTarget(Expression expression)
    {
        switch (expression)
        {
            case NameExpression name:
                var target = new NameTarget(name.Name);
                assigned[target] = [name.Name];
                return target;
            case ListExpression { IsTuple: true } tuple:
                return Together([.. tuple.Items.Select(ToTarget)]);
            default:
                throw tokens.Fail("only names can be assigned");
        }
    }

    private TupleTarget Together(List<Target> targets)
    {
        var together = new TupleTarget(targets);
        assigned[together] = [.. targets.SelectMany(target => assigned.GetValueOrDefault(target, []))];
        return together;
    }

    private Expression Conditional()
    {
        int before = unknown.Count;
        Expression then = Or();
        while (tokens.Current.IsName("if"))
        {
            int line = tokens.Next().Line;
            Expression test = Or();
            Expression? otherwise = tokens.SkipName("else") ? Expression() : null;
            then = Checked(new Conditional(line, test, then, otherwise));
            ForgiveUnknown(before);
        }

        return then;
    }

    private Expression Or()
    {
        Expression left = And();
        while (tokens.Current.IsName("or"))
        {
            int line = tokens.Next().Line;
            left = Checked(new ShortCircuit(line, left, And(), isAnd: false));
        }

        return left;
    }

    private Expression And()
    {
        Expression left = Not();
        while (tokens.Current.IsName("and"))
        {
            int line = tokens.Next().Line;
            left = Checked(new ShortCircuit(line, left, Not(), isAnd: true));
        }

        return left;
    }

    private Expression Not()
    {
        int count = 0;
        int line = tokens.Current.Line;
        while (tokens.SkipName("not"))
        {
            count++;
        }

        Expression operand = Comparison();
        for (; count > 0; count--)
        {
            operand = Checked(new NotExpression(line, operand));
        }

        return operand;
    }

    private Expression Comparison()
    {
        int line = tokens.Current.Line;
        Expression first = Sum();
        var rest = new List<(string Sign, Expression Operand)>();
        while (ComparisonSign() is string sign)
        {
            rest.Add((sign, Sum()));
        }

        return rest.Count == 0 ? first : Checked(new Comparison(line, first, rest));
    }

    private string? ComparisonSign()
    {
        if (tokens.Current.Kind == TokenKind.Operator && tokens.Current.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
        {
            return tokens.Next().Text;
        }

        if (tokens.SkipName("in"))
        {
            return "in";
        }

        if (tokens.Current.IsName("not") && tokens.Ahead.IsName("in"))
        {
            tokens.Next();
            tokens.Next();
            return "not in";
        }

        return null;
    }

    private Expression Sum()
    {
        Expression left = Joined();
        while (tokens.Current.Kind == TokenKind.Operator && tokens.Current.Text is "+" or "-")
        {
            Token sign = tokens.Next();
            left = Checked(new BinaryExpression(sign.Line, left, Joined(), sign.Text == "+" ? Operators.Add : Operators.Subtract));
        }

        return left;
    }

    private Expression Joined()
    {
        int line = tokens.Current.Line;
        List<Expression> parts = [Product()];
        while (tokens.SkipOperator("~"))
        {
            parts.Add(Product());
        }

        return parts.Count == 1 ? parts[0] : Checked(new Concatenation(line, parts));
    }

    private Expression Product()
    {
        Expression left = Power();
        while (tokens.Current.Kind == TokenKind.Operator && tokens.Current.Text is "*" or "/" or "//" or "%")
        {
            Token sign = tokens.Next();
            left = Checked(new BinaryExpression(sign.Line, left, Power(), sign.Text switch
            {
                "*" => Operators.Multiply,
                "/" => Operators.Divide,
                "//" => Operators.FloorDivide,
                _ => Operators.Modulo,
            }));
        }

        return left;
    }

    private Expression Power()
    {
        // From the left, as in Jinja2: 2 ** 3 ** 2 is 64, where Python says 512.
        Expression left = Signed(withFilters: true);
        while (tokens.Current.IsOperator("**"))
        {
            int line = tokens.Next().Line;
            left = Checked(new BinaryExpression(line, left, Signed(withFilters: true), Operators.Power));
        }

        return left;
    }

    // As in Jinja2 a sign binds tighter than a filter, but looser than attributes and calls.
    private Expression Signed(bool withFilters)
    {
        if (++nesting > 2 * Limits.Nesting)
        {
            throw tokens.Fail($"expressions are nested more than {Limits.Nesting} deep");
        }

        Token sign = tokens.Current;
        Expression expression = tokens.SkipOperator("-") ? new UnaryExpression(sign.Line, Signed(withFilters: false), Operators.Negate)
            : tokens.SkipOperator("+") ? new UnaryExpression(sign.Line, Signed(withFilters: false), Operators.Plus)
            : Primary();
        expression = Postfix(expression);
        expression = withFilters ? FiltersAndTests(expression) : expression;
        nesting--;
        return Checked(expression);
    }

    private Expression Primary(bool isTarget = false)
    {
        Token token = tokens.Next();
        switch (token.Kind)
        {
            case TokenKind.Name when IsConstant(token.Text):
                return new Literal(token.Line, token.Text is "none" or "None" ? NoneValue.Instance : Value.Of(token.Text is "true" or "True"));
            case TokenKind.Name:
                if (!isTarget)
                {
                    Names.Add(token.Text);
                }

                return new NameExpression(token.Line, token.Text);
            case TokenKind.String:
                string text = token.Text;
                while (tokens.Current.Kind == TokenKind.String)
                {
                    text += tokens.Next().Text;
                }

                return new Literal(token.Line, Value.Of(text));
            case TokenKind.Integer:
                return new Literal(token.Line, new IntValue(token.Integer));
            case TokenKind.Float:
                return new Literal(token.Line, new FloatValue(token.Float));
            case TokenKind.Operator when token.Text == "(":
                Expression inner = Tuple(parentheses: true);
                tokens.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return new ListExpression(token.Line, Items("]", () => Expression()), isTuple: false);
            case TokenKind.Operator when token.Text == "{":
                return new DictExpression(token.Line, Items("}", Pair));
            default:
                throw tokens.Fail($"unexpected {token.Describe()}", token.Line);
        }
    }

    private List<T> Items<T>(string end, Func<T> read)
    {
        var items = new List<T>();
        while (!tokens.SkipOperator(end))
        {
            if (items.Count > 0)
            {
                tokens.ExpectOperator(",");
                if (tokens.SkipOperator(end))
                {
                    break;
                }
            }

            items.Add(read());
        }

        return items;
    }

    private KeyValuePair<Expression, Expression> Pair()
    {
        Expression key = Expression();
        tokens.ExpectOperator(":");
        return new(key, Expression());
    }

    private Expression Postfix(Expression target)
    {
        while (true)
        {
            int line = tokens.Current.Line;
            if (tokens.SkipOperator("."))
            {
                Token name = tokens.Next();
                target = name.Kind switch
                {
                    TokenKind.Name => new AttributeExpression(line, target, name.Text),
                    TokenKind.Integer => new ItemExpression(line, target, new Literal(line, new IntValue(name.Integer))),
                    _ => throw tokens.Fail("expected a name or a number behind '.'", line),
                };
            }
            else if (tokens.SkipOperator("["))
            {
                target = Subscript(line, target);
            }
            else if (tokens.Current.IsOperator("("))
            {
                target = new CallExpression(line, target, CallArguments());
            }
            else
            {
                return target;
            }

            Checked(target);
        }
    }

    private Expression Subscript(int line, Expression target)
    {
        if (tokens.Current.IsOperator("]"))
        {
            tokens.Next();
            return new ItemExpression(line, target, new ListExpression(line, [], isTuple: true));
        }

        Expression? start = tokens.Current.IsOperator(":") ? null : Expression();
        if (tokens.SkipOperator(":"))
        {
            Expression? stop = AtBoundEnd() ? null : Expression();
            Expression? step = tokens.SkipOperator(":") && !AtBoundEnd() ? Expression() : null;
            tokens.ExpectOperator("]");
            return new SliceExpression(line, target, start, stop, step);
        }

        if (tokens.Current.IsOperator(","))
        {
            List<Expression> items = [start!];
            while (tokens.SkipOperator(","))
            {
                items.Add(Expression());
            }

            start = new ListExpression(line, items, isTuple: true);
        }

        tokens.ExpectOperator("]");
        return new ItemExpression(line, target, start!);
    }

    private bool AtBoundEnd() => tokens.Current.IsOperator(":") || tokens.Current.IsOperator("]") || tokens.Current.IsOperator(",");

    private Expression FiltersAndTests(Expression input)
    {
        while (true)
        {
            if (tokens.Current.IsOperator("|"))
            {
                input = Filters(input)!;
            }
            else if (tokens.Current.IsName("is"))
            {
                input = IsTest(input);
            }
            else if (tokens.Current.IsOperator("("))
            {
                input = new CallExpression(tokens.Current.Line, input, CallArguments());
            }
            else
            {
                return input;
            }

            Checked(input);
        }
    }

    /// <summary>A chain of filters on an expression, or on the text that they will be given.</summary>
    public Expression? Filters(Expression? input, bool first = false)
    {
        while (first || tokens.SkipOperator("|"))
        {
            first = false;
            int line = tokens.Current.Line;
            string name = DottedName();
            var filter = new FilterExpression(line, input, name, tokens.Current.IsOperator("(") ? CallArguments() : ChatTemplates.CallArguments.None);
            if (!filter.IsKnown)
            {
                unknown.Add((line, $"there is no filter '{name}'"));
            }

            input = Checked(filter);
        }

        return input;
    }

    private Expression IsTest(Expression input)
    {
        int line = tokens.Next().Line;
        bool negated = tokens.SkipName("not");
        string name = DottedName();
        CallArguments arguments = ChatTemplates.CallArguments.None;
        if (tokens.Current.IsOperator("("))
        {
            arguments = CallArguments();
        }
        else if (TakesOperand())
        {
            if (tokens.Current.IsName("is"))
            {
                throw tokens.Fail("tests with 'is' cannot be chained");
            }

            arguments = new CallArguments([Postfix(Primary())], [], null, null);
        }

        var test = new TestExpression(line, input, name, arguments);
        if (!test.IsKnown)
        {
            unknown.Add((line, $"there is no test '{name}'"));
        }

        return negated ? new NotExpression(line, Checked(test)) : test;
    }

    private bool TakesOperand() => tokens.Current.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Float
        || tokens.Current.IsOperator("[") || tokens.Current.IsOperator("{")
        || (tokens.Current.Kind == TokenKind.Name && tokens.Current.Text is not ("else" or "or" or "and"));

    private string DottedName()
    {
        string name = tokens.Expect(TokenKind.Name).Text;
        while (tokens.SkipOperator("."))
        {
            name += "." + tokens.Expect(TokenKind.Name).Text;
        }

        return name;
    }

    private CallArguments CallArguments()
    {
        tokens.ExpectOperator("(");
        var positional = new List<Expression>();
        var named = new List<KeyValuePair<string, Expression>>();
        Expression? spread = null, spreadNamed = null;
        bool any = false;
        while (!tokens.SkipOperator(")"))
        {
            if (any)
            {
                tokens.ExpectOperator(",");
                if (tokens.SkipOperator(")"))
                {
                    break;
                }
            }

            any = true;
            if (tokens.SkipOperator("*"))
            {
                Require(spread is null && spreadNamed is null);
                spread = Expression();
            }
            else if (tokens.SkipOperator("**"))
            {
                Require(spreadNamed is null);
                spreadNamed = Expression();
            }
            else if (tokens.Current.Kind == TokenKind.Name && tokens.Ahead.IsOperator("="))
            {
                Require(spreadNamed is null);
                string name = tokens.Next().Text;
                tokens.Next();
                named.Add(new(name, Expression()));
            }
            else
            {
                Require(spread is null && spreadNamed is null && named.Count == 0);
                positional.Add(Expression());
            }
        }

        return new CallArguments(positional, named, spread, spreadNamed);

        void Require(bool holds)
        {
            if (!holds)
            {
                throw tokens.Fail("arguments stand in a wrong order");
            }
        }
    }

    private Expression Checked(Expression expression) => expression.Depth <= Limits.TreeDepth ? expression
        : throw tokens.Fail($"more than {Limits.TreeDepth} operations are chained");
}
