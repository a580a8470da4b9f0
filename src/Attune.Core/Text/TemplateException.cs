namespace Attune.Text;

/// <summary>A chat template that cannot be read, that fails on the given conversation, or that asks for more than its budget.</summary>
public sealed class TemplateException : AttuneException
{
    private const string Mend = "mend the template, or fetch the model's own again";

    /// <summary>Creates the exception.</summary>
    /// <param name="place">The template's file or name, with the line where known.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="cure">What to do about it; null: to mend or replace the template.</param>
    /// <param name="raisedByTemplate">Whether the template itself called <c>raise_exception</c>.</param>
    public TemplateException(string place, string problem, string? cure = null, bool raisedByTemplate = false)
        : base(ExitCode.BadData, place, problem, cure ?? (raisedByTemplate ? "the model's template refuses this conversation: change its messages" : Mend)) => RaisedByTemplate = raisedByTemplate;

    /// <summary>Whether the template itself called <c>raise_exception</c>: then <see cref="AttuneException.Problem"/> is its message, unchanged.</summary>
    public bool RaisedByTemplate { get; }
}
