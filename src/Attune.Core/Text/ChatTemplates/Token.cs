using System.Numerics;

namespace Attune.Text.ChatTemplates;

internal enum TokenKind
{
    /// <summary>Text outside of tags.</summary>
    Data,

    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

/// <summary>A piece of a template: its kind, its text (for strings: unescaped), the number it stands for, and its line from 1.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Line, BigInteger Integer = default, double Float = 0)
{
    public bool Is(TokenKind kind, string text) => Kind == kind && Text == text;

    public bool IsName(string text) => Is(TokenKind.Name, text);

    public bool IsOperator(string text) => Is(TokenKind.Operator, text);

    public string Describe() => Kind switch
    {
        TokenKind.Data => "text",
        TokenKind.VariableBegin => "{{",
        TokenKind.VariableEnd => "}}",
        TokenKind.BlockBegin => "{%",
        TokenKind.BlockEnd => "%}",
        TokenKind.String => "a string",
        TokenKind.Integer or TokenKind.Float => "a number",
        TokenKind.End => "the end of the template",
        _ => $"'{Text}'",
    };
}
