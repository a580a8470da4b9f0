namespace Attune.Text.ChatTemplates;

/// <summary>The tokens of a template, read one by one.</summary>
internal sealed class TokenStream(IReadOnlyList<Token> tokens, string place)
{
    private int position;

    public Token Current => tokens[position];

    public Token Ahead => tokens[Math.Min(position + 1, tokens.Count - 1)];

    /// <summary>Goes on by one token and returns the one passed.</summary>
    public Token Next()
    {
        Token token = Current;
        position = Math.Min(position + 1, tokens.Count - 1);
        return token;
    }

    public bool SkipName(string name) => Skip(Current.IsName(name));

    public bool SkipOperator(string sign) => Skip(Current.IsOperator(sign));

    public Token Expect(TokenKind kind) => Current.Kind == kind ? Next()
        : throw Fail($"expected {(kind == TokenKind.Name ? "a name" : new Token(kind, "", 0).Describe())}, found {Current.Describe()}");

    public void ExpectOperator(string sign)
    {
        if (!SkipOperator(sign))
        {
            throw Fail($"expected '{sign}', found {Current.Describe()}");
        }
    }

    public TemplateException Fail(string problem, int? line = null) => new($"{place}:{line ?? Current.Line}", problem);

    private bool Skip(bool matches)
    {
        if (matches)
        {
            Next();
        }

        return matches;
    }
}
