namespace Attune.Text.ChatTemplates;

/// <summary>
/// Counts what a rendering does, in steps and characters, never in time, so that the same template always ends in the same way.
/// Allowances grow with the input: a long conversation may take longer than a short one.
/// </summary>
internal sealed class Budget(long inputValues, long inputCharacters, Func<string, TemplateException> fail)
{
    private readonly long maxSteps = Limits.Steps + (Limits.StepsPerValue * inputValues);
    private readonly long maxLength = Limits.OutputLength + (Limits.OutputPerCharacter * inputCharacters);
    private long steps;
    private long written;

    public void Step(long count = 1)
    {
        steps += count;
        if (steps > maxSteps)
        {
            throw fail($"the template takes more than {maxSteps} steps");
        }
    }

    /// <summary>Before characters are added to a text that has this length already.</summary>
    public void Write(long length, long count)
    {
        if (length + count > maxLength)
        {
            throw fail($"the template writes a text of more than {maxLength} characters");
        }

        written += count;
        if (written > maxLength * Limits.WrittenPerOutput)
        {
            throw fail($"the template writes more than {maxLength * Limits.WrittenPerOutput} characters on the way");
        }

        Step(count / 16);
    }

    /// <summary>Before a list or dict of this length is made, or one of this length is walked.</summary>
    public void Elements(long count) => Step(count);

    public Exception NestedTooDeep(string what) => fail($"{what} is nested too deep");
}
