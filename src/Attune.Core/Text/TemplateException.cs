namespace Attune.Text;

/// <summary>A chat template that cannot be read, that fails on the given conversation, or that asks for more than its budget.</summary>
public sealed class TemplateException : AttuneException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="place">The template's file or name, with the line where known.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="cure">What to do about it.</param>
    /// <param name="raisedByTemplate">Whether the template itself called <c>raise_exception</c>.</param>
    public TemplateException(string place, string problem, string? cure = null, bool raisedByTemplate = false)
        : base(ExitCode.BadData, place, problem, cure) => RaisedByTemplate = raisedByTemplate;

    /// <summary>Whether the template itself called <c>raise_exception</c>: then <see cref="AttuneException.Problem"/> is its message, unchanged.</summary>
    public bool RaisedByTemplate { get; }
}
