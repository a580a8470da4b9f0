using System.Net;
using System.Net.Http.Headers;

namespace Attune.Hub;

/// <summary>What the hub's refusals mean, and what to do about them.</summary>
internal static class HubError
{
    /// <summary>An answer that is no success.</summary>
    public static AttuneException From(HttpResponseMessage answer, string repository)
    {
        string code = Header(answer, "X-Error-Code") ?? "";
        string host = answer.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Authority) ?? "the hub";
        (ExitCode exit, string problem, string? cure) = (answer.StatusCode, code) switch
        {
            (_, "GatedRepo") => (ExitCode.MissingInput, "is gated: its authors want to know who uses it",
                $"accept its conditions at https://huggingface.co/{repository}, then set HF_TOKEN to a token of that account"),
            (_, "RevisionNotFound") => (ExitCode.MissingInput, "has no such revision", "check model.revision: a branch, a tag or a commit"),
            (_, "EntryNotFound") => (ExitCode.MissingInput, "has no such file", $"see which there are at {host}/{repository}/tree/main"),
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, _) or (_, "RepoNotFound") => (ExitCode.MissingInput,
                "is not on the hub, or is private", "check the name; for a private model set HF_TOKEN to a token that may read it"),
            (HttpStatusCode.NotFound, _) => (ExitCode.MissingInput, $"was not found on {host}", "check the name and model.revision"),
            (HttpStatusCode.TooManyRequests, _) => (ExitCode.TryAgain, $"{host} says that too much was asked of it", "wait some minutes, or set HF_TOKEN: known users may ask more"),
            _ => (ExitCode.TryAgain, $"{host} answers {(int)answer.StatusCode} {answer.ReasonPhrase}", "try again later: what is here already stays"),
        };
        return new AttuneException(exit, repository, problem, cure);
    }

    /// <summary>No answer at all.</summary>
    public static AttuneException Unreachable(Uri address, Exception cause) => new(
        ExitCode.TryAgain, address.GetLeftPart(UriPartial.Authority), "cannot be reached: " + (cause is OperationCanceledException ? "no answer in time" : cause.Message.TrimEnd('.')),
        "check the network and HF_ENDPOINT, or name a folder or a .gguf file instead", cause);

    /// <summary>A header's value, or null.</summary>
    public static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.FirstOrDefault() : null;
}
